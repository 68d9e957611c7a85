import errno

import pytest

from repatlas.errors import InputError, run_command


def ended(error: BaseException) -> str:
    def main() -> None:
        raise error

    with pytest.raises(SystemExit) as caught:
        run_command(main)
    # A text as exit code is printed to stderr and gives status 1.
    assert isinstance(caught.value.code, str)
    return caught.value.code


def test_input_errors_end_in_one_line():
    assert ended(InputError("x.h5: truncated; delete it")) == "error: x.h5: truncated; delete it"


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "no space left"),
        (errno.EACCES, "no permission"),
        (errno.ENOENT, "does not exist"),
        (errno.EROFS, "can only be read"),
        (errno.EFBIG, "limit on file sizes"),
    ],
)
def test_disk_faults_name_the_file_and_the_remedy(number, told):
    line = ended(OSError(number, "text", "results/a.h5"))
    assert told in line
    assert "results/a.h5" in line
    assert "\n" not in line


def test_programming_errors_keep_their_traceback():
    def main() -> None:
        raise KeyError("bug")

    with pytest.raises(KeyError):
        run_command(main)
