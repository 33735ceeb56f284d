import subprocess
import sys

SCRIPT = """\
import os, sys
from skelconv.text.streams import outlive_reader
outlive_reader("stdout")
for number in range(100_000):
    print(number)
print("still here", file=sys.stderr)
"""


def test_what_is_read_is_whole():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.stdout == "".join(f"{number}\n" for number in range(100_000))
    assert (done.returncode, done.stderr) == (0, "still here\n")


def test_writing_goes_on_without_a_reader():
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b"still here\n"
    assert process.returncode == 0


def test_a_full_disk_is_still_an_error():
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-c", SCRIPT], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode != 0
    assert b"No space left" in done.stderr


def test_messages_and_results_keep_their_order():
    script = (
        "import sys\n"
        "from skelconv.text.streams import outlive_reader\n"
        "outlive_reader('stderr')\n"
        "for number in range(3):\n"
        "    print('message', number, file=sys.stderr)\n"
        "    print('result', number, flush=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    expected = [f"{word} {number}" for number in range(3) for word in ("message", "result")]
    assert done.stdout.splitlines() == expected
