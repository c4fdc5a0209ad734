"""What the scripts share."""

import os

import leash

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "out")
PARTS = ("Kbuild", "module", "include", "kunit")

# A make started from here is not a part of the make that may have started us.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "ARCH", "KDIR", "CMD")}


def kernel(part, kver):
    """The path of Debian's image, headers or source of a kernel, fetched if need be."""
    return leash.output([os.path.join(ROOT, "scripts", "kernel"), part, kver])


def building(kver):
    """What to put before a command that compiles against a kernel's headers."""
    return [os.path.join(ROOT, "scripts", "kernel"), "build", kver]


def copy_sources(to, *options):
    """What is compiled, by content and without times: only what has changed is built again."""
    return leash.run(["rsync", "-r", "--checksum", "--delete", "--exclude-from=.gitignore", *options, *PARTS, f"{to}/"],
                     cwd=ROOT)
