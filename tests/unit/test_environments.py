"""Lock files, conda files, pins of platforms and container images say the same."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename

ROOT = Path(__file__).parents[2]
ENVS = ROOT / "envs"
LOCKS = ("run", "analysis", "s3", "kubernetes", "test")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

CONDA_FILES = {"networks": "run", "analysis": "analysis"}
PLATFORMS = {
    "linux-64": r"manylinux\w*_x86_64",
    "linux-aarch64": r"manylinux\w*_aarch64",
    "osx-arm64": r"macosx_\d+_\d+_(arm64|universal2)",
}


def pins(lines: list[str]) -> dict[str, str]:
    """Versions by package; anything but ``name==version`` is a fault."""
    found = {}
    for line in lines:
        name, version = re.fullmatch(r"([a-z0-9-]+)==([0-9][\w.]*)", line).groups()
        assert name not in found
        found[name] = version
    return found


def lock(name: str) -> dict[str, str]:
    first, *lines = (ENVS / f"{name}.lock").read_text().splitlines()
    assert first.startswith("#")
    return pins(lines)


def conda_file(name: str) -> dict:
    return yaml.safe_load((ENVS / f"{name}.yaml").read_text())


def python_version() -> str:
    """The Python of the conda files, which is to be that of everything else."""
    (version,) = {
        need.removeprefix("python =")
        for name in CONDA_FILES
        for need in conda_file(name)["dependencies"]
        if str(need).startswith("python")
    }
    return version


def test_a_package_has_one_version_in_all_locks():
    versions: dict[str, set[str]] = {}
    for name in LOCKS:
        for package, version in lock(name).items():
            versions.setdefault(package, set()).add(version)
    assert {package for package, found in versions.items() if len(found) > 1} == set()


def test_locks_hold_what_the_project_needs():
    extras = PROJECT["optional-dependencies"]
    needs = {
        "run": PROJECT["dependencies"],
        "analysis": [n for n in PROJECT["dependencies"] if not n.startswith("torch")],
        "s3": PROJECT["dependencies"] + extras["s3"],
        "kubernetes": PROJECT["dependencies"] + extras["s3"] + extras["kubernetes"],
    }
    for name, lines in needs.items():
        locked = lock(name)
        for need in map(Requirement, lines):
            assert need.specifier.contains(locked[canonicalize_name(need.name)]), (name, need)
    assert not {"torch", "torchvision"} & set(lock("analysis"))
    assert set(lock("run")) < set(lock("s3")) < set(lock("kubernetes")) < set(lock("test"))


@pytest.mark.parametrize(("name", "source"), CONDA_FILES.items())
def test_conda_files_repeat_their_lock(name, source):
    """Snakemake hands conda a copy of the file: it may refer to no other."""
    (from_pip,) = (n["pip"] for n in conda_file(name)["dependencies"] if isinstance(n, dict))
    assert pins(from_pip) == lock(source)


def test_every_rule_has_an_environment_that_is_there():
    named = [
        (path.name, place)
        for path in (ROOT / "workflow/rules").glob("*.smk")
        for place in re.findall(r'conda:\s*"([^"]+)"', path.read_text())
    ]
    assert len(named) > 20
    known = {f"../../envs/{name}.yaml" for name in CONDA_FILES}
    assert {place for _, place in named} == known


@pytest.mark.parametrize(("platform", "tags"), PLATFORMS.items())
def test_pins_of_platforms_agree_with_the_lock_and_fit_the_platform(platform, tags):
    _, *lines = (ENVS / "pins" / f"{platform}.txt").read_text().splitlines()
    assert pins([line.split()[0] for line in lines]) == lock("run")
    python = f"cp{python_version().replace('.', '')}"
    for line in lines:
        pin, _, file = line.split()
        if not file.endswith(".whl"):
            name, version = parse_sdist_filename(file)
            assert pin == f"{name}=={version}"
            continue
        name, version, _, wheel = parse_wheel_filename(file)
        assert (name, str(version)) == tuple(pin.split("=="))
        assert any(
            re.fullmatch(f"any|{tags}", tag.platform)
            and (tag.interpreter in ("py3", python) or tag.abi == "abi3")
            for tag in wheel
        ), line


def test_pins_of_different_platforms_name_different_builds():
    numpy = {
        line
        for platform in PLATFORMS
        for line in (ENVS / "pins" / f"{platform}.txt").read_text().splitlines()
        if line.startswith("numpy==")
    }
    assert len(numpy) == len(PLATFORMS)


def copied(recipe: str) -> list[str]:
    """Files of the project that a recipe puts into its image."""
    if recipe == "Dockerfile":
        lines = re.findall(r"^COPY (.+)$", (ENVS / recipe).read_text(), re.MULTILINE)
        return [source for line in lines for source in line.split()[:-1]]
    section = (ENVS / recipe).read_text().split("%files")[1].split("%post")[0]
    return [line.split()[0] for line in section.splitlines() if line.strip()]


@pytest.mark.parametrize("recipe", ["Dockerfile", "apptainer.def"])
def test_images_are_made_of_files_that_are_there(recipe):
    text = (ENVS / recipe).read_text()
    sources = copied(recipe)
    assert "envs/s3.lock" in sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    base = re.findall(r"^(?:FROM|From:) python:([\d.]+)-slim$", text, re.MULTILINE)
    assert base == [python_version()]
    locks = re.findall(r"--requirement \S*?(\w+\.lock)", text)
    assert locks == ["s3.lock"]


def test_the_docker_image_is_sent_all_that_it_copies():
    ignored = (ENVS / "Dockerfile.dockerignore").read_text().splitlines()
    kept = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert {source.split("/")[0] for source in copied("Dockerfile")} == kept


def test_the_docker_image_runs_as_a_user_without_rights():
    text = (ENVS / "Dockerfile").read_text()
    users = re.findall(r"^USER (\w+)$", text, re.MULTILINE)
    assert users == ["1000"]
    assert text.index("USER") < text.index("ENTRYPOINT")


def test_images_are_skipped_with_the_reason_where_nothing_can_build_them(tmp_path):
    bash = subprocess.check_output(["which", "bash"], text=True).strip()
    for tool in ("dirname", "env"):
        place = subprocess.check_output(["which", tool], text=True).strip()
        (tmp_path / tool).symlink_to(place)
    done = subprocess.run(
        [bash, ROOT / ".ci/containers"], env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("skipped: ") == 2


def test_the_profile_of_kubernetes_names_the_rules_that_use_a_gpu():
    rules = {
        part.split(":")[0]
        for path in (ROOT / "workflow/rules").glob("*.smk")
        for part in re.split(r"^rule ", path.read_text(), flags=re.MULTILINE)
        if "gpu_jobs=" in part
    }
    profile = (ROOT / "workflow/profiles/kubernetes/profile.yaml").read_text()
    told = " ".join(line.lstrip("# ") for line in profile.splitlines())
    (names,) = re.findall(r"where there is one: ([\w, ]+)\.", told)
    assert len(rules) > 5
    assert set(names.split(", ")) == rules
