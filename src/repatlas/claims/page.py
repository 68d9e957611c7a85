"""Template of the claims table: one page that needs nothing else, light or dark."""

TEMPLATE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Claims: {{ study }}</title>
<style>
:root {
  color-scheme: light dark;
  --page: #ffffff; --ink: #1c2128; --soft: #57606a; --faint: #8b949e; --line: #d8dee4;
  --panel: #f6f8fa; --good: #116b38; --bad: #b0251a; --open: #7a5a00; --side: #cfe8d8;
  --accent: #0b5cad;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --ink: #e6edf3; --soft: #9aa5b1; --faint: #6e7781; --line: #2b333d;
    --panel: #171c23; --good: #56c98a; --bad: #ff8d80; --open: #e0b64c; --side: #1d3a2a;
    --accent: #6cb2ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1.25rem 3rem; max-width: 78rem;
  background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
h1 { font-size: 1.5rem; margin: 0 0 .2rem; }
h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem; }
.soft { color: var(--soft); }
.counts { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.1rem 0; padding: 0; }
.counts li {
  list-style: none; min-width: 9.5rem; padding: .6rem .9rem;
  background: var(--panel); border: 1px solid var(--line); border-radius: .5rem;
}
.counts b { display: block; font-size: 1.6rem; line-height: 1.2; }
.reproduced { color: var(--good); }
.not-reproduced { color: var(--bad); }
.undecided { color: var(--open); }
.method {
  border-left: 3px solid var(--line); padding: .1rem 0 .1rem .9rem; max-width: 62rem;
  color: var(--soft); font-size: .88rem;
}
.method p { margin: .35rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; min-width: 43rem; }
th { text-align: left; font-weight: 600; }
thead th { font-size: .78rem; color: var(--soft); padding: .3rem .7rem; }
tbody th { background: var(--panel); padding: .35rem .7rem; font-size: .88rem; }
td { border-top: 1px solid var(--line); padding: .7rem; vertical-align: top; }
td.judged { width: 11rem; }
td.measured { width: 275px; }
code { font: .82rem ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.id { color: var(--accent); font-weight: 600; }
.small { font-size: .8rem; color: var(--soft); }
.verdict { font-weight: 700; }
a { color: var(--accent); }
.method { margin-top: 1.2rem; }
.overview { width: auto; min-width: 0; font-size: .88rem; }
.overview td { padding: .2rem .7rem; }
.overview tbody th { padding: .25rem .7rem; }
.overview .count { text-align: right; }
.tally { float: right; font-weight: 400; font-size: .8rem; }
.tally span { margin-left: .9rem; }
.number { font-variant-numeric: tabular-nums; }
details { font-size: .8rem; color: var(--soft); margin-top: .25rem; }
summary { cursor: pointer; }
details p { margin: .25rem 0 0; }
details ul { margin: .25rem 0 0; padding-left: 1.1rem; }
svg { display: block; }
svg text { font: 10px system-ui, sans-serif; fill: var(--soft); }
.side { fill: var(--side); }
.axis { stroke: var(--line); }
.threshold { stroke: var(--ink); stroke-width: 1.5; }
.null { stroke: var(--faint); stroke-dasharray: 2 2; }
.interval { stroke: currentColor; stroke-width: 3; stroke-linecap: round; }
.seed { fill: none; stroke: var(--soft); }
.mark { fill: currentColor; }
@media print { details[open] summary { display: none; } body { max-width: none; } }
</style>
</head>
<body>
<h1>Which claims hold</h1>
<div class="soft">Study <b>{{ study }}</b>, {{ scale }} scale
{%- if config %}, config <code>{{ config }}</code>{% endif %}</div>
<ul class="counts">
{%- for count in counts %}
<li class="{{ count.style }}"><b>{{ count.number }}</b>{{ count.symbol }} {{ count.verdict }}
{%- if count.verdict == "undecided" and another_scale %}
<div class="small">{{ another_scale }} of them at this scale</div>
{%- endif %}</li>
{%- endfor %}
</ul>
<div class="scroll">
<table class="overview">
<thead><tr><th scope="col">Claim</th><th scope="col">About</th>
{%- for count in counts %}
<th scope="col" class="count {{ count.style }}">{{ count.symbol }} {{ count.verdict }}</th>
{%- endfor %}</tr></thead>
{%- for paper in papers %}
<tbody>
<tr><th colspan="{{ 2 + counts|length }}" scope="rowgroup">{{ paper.title }}</th></tr>
{%- for topic in paper.topics %}
<tr><td><a href="#{{ topic.anchor }}">{{ topic.number }}</a></td><td>{{ topic.name }}</td>
{%- for count in topic.counts %}
<td class="count number {{ count.style }}">{{ count.number or "" }}</td>
{%- endfor %}</tr>
{%- endfor %}
</tbody>
{%- endfor %}
</table>
</div>
<div class="method">
<p><b>How a verdict is made.</b> A statistic gives one value for each seed, or each pair of seeds;
the claim's value is their mean. The threshold is this project's own, written down before the run.
A claim is <b>reproduced</b> where the value and its whole interval lie on the claimed side, <b>not
reproduced</b> where the whole interval lies on the other side, and <b>undecided</b> where the
interval reaches across the threshold, where too few seeds speak, where a p-value is too large, or
where the study lacks the networks or the experiment. It is <b>undecided at this scale</b> where no
study of this scale can speak, such as a small one to a claim about wide networks. Networks that did
not fit their training set are not judged. Below each claim stands where its paper makes it, and for
which networks; controls and experiments of this project say so.</p>
<p>Intervals are 95 % percentile bootstrap intervals over seeds.
{%- if few %} Here few seeds stand behind them ({{ few }}): with two or three, the interval is no
more than the range from the lowest to the highest seed, and holds the true mean about one time in
two with two, and three times in four with three, not nineteen in twenty.{% endif %}
{%- if significance %} The p-values come from permutations of the images, or from exchanges of
networks.{% endif %}</p>
<p>In the bars: shaded, the claimed side; upright line, threshold; diamond and thick line, value and
interval; circles, single seeds; dotted line, what chance would give.</p>
</div>
{%- for paper in papers %}
<h2>{{ paper.title }}</h2>
<div class="scroll">
<table>
<thead><tr><th scope="col">Verdict</th><th scope="col">Claim</th><th scope="col">Measured</th></tr>
</thead>
{%- for topic in paper.topics %}
<tbody>
<tr id="{{ topic.anchor }}"><th colspan="3" scope="rowgroup">{{ topic.number }}: {{ topic.name }}
<span class="tally">
{%- for count in topic.counts if count.number %}
<span class="{{ count.style }}">{{ count.number }} {{ count.verdict }}</span>
{%- endfor %}</span></th></tr>
{%- for row in topic.rows %}
<tr id="{{ row.entry.paper }}-{{ row.entry.id }}">
<td class="judged">
<div class="verdict {{ row.style }}">{{ row.symbol }} {{ row.verdict }}</div>
<div class="small">{{ row.reason }}</div></td>
<td class="claim"><code class="id">{{ row.entry.id }}</code> {{ row.entry.statement }}
<div class="small">{{ row.entry.figure }}
{%- if row.entry.page %}, {{ row.entry.page }}{% endif %}
{%- if row.entry.made_for %}: {{ row.entry.made_for }}{% endif %}</div></td>
<td class="measured {{ row.style }}">
{%- if row.bar %}
<svg width="{{ row.bar.width }}" height="44" role="img" aria-label="{{ row.text }}">
<rect class="side" x="{{ row.bar.side.x }}" y="4" width="{{ row.bar.side.width }}" height="22"/>
<line class="axis" x1="0" y1="26.5" x2="{{ row.bar.width }}" y2="26.5"/>
{%- for tick in row.bar.ticks %}
<text x="{{ tick.x }}" y="40" text-anchor="{{ tick.anchor }}">{{ tick.text }}</text>
{%- endfor %}
{%- if row.bar.null is not none %}
<line class="null" x1="{{ row.bar.null }}" y1="4" x2="{{ row.bar.null }}" y2="26"/>
{%- endif %}
<line class="threshold" x1="{{ row.bar.threshold }}" y1="1" x2="{{ row.bar.threshold }}" y2="29"/>
{%- if row.bar.interval %}
<line class="interval" x1="{{ row.bar.interval[0] }}" y1="15" x2="{{ row.bar.interval[1] }}" \
y2="15"/>
{%- endif %}
{%- for x in row.bar.seeds %}
<circle class="seed" cx="{{ x }}" cy="15" r="3"/>
{%- endfor %}
<path class="mark" d="M{{ row.bar.value }} 9l6 6l-6 6l-6 -6z"/>
</svg>
{%- endif %}
<div class="small number">{{ row.text }}</div>
<details><summary title="{{ row.entry.measures }}">{{ row.summary }}</summary>
<p><code>{{ row.entry.statistic }}</code>
{%- for name, value in row.entry.arguments.items() %} <code>{{ name }}={{ value }}</code>
{%- endfor %}: {{ row.entry.measures }}</p>
<ul>
{%- for item in row.seeds %}
<li class="number">{{ item }}</li>
{%- endfor %}
{%- for item in row.entry.left_out %}
<li>left out: {{ item }}</li>
{%- endfor %}
{%- for item in row.entry.not_fitted %}
<li>not fitted: {{ item }}</li>
{%- endfor %}
</ul></details>
</td>
</tr>
{%- endfor %}
</tbody>
{%- endfor %}
</table>
</div>
{%- endfor %}
</body>
</html>
"""
