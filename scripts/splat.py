"""What a kernel prints when something in it went wrong."""

import re

_SPLAT = re.compile("|".join((
    r"\bBUG: ",  # KASAN, KCSAN, soft lockup, bad page state, atomic sleep, ...
    r"\bBUG at ",
    r"\bWARNING: ",  # WARN_ON, and most of lockdep
    r"\bOops\b",
    r"\[#\d+\]",  # the Oopses that name themselves otherwise
    r"\bKernel panic\b",
    r"\bKASAN: ",
    r"\bUBSAN: ",
    r"\bINFO: (possible|inconsistent|suspicious|trying|rcu\w*|task .*) ",
    r"\bpossible (circular|recursive) locking\b",
    r"\bsuspicious RCU usage\b",
    r"\bdetected stalls?\b",
    r"\bsoft lockup\b",
    r"\bhard LOCKUP\b",
    r"\brefcount_t: ",
    r"\blist_(add|del) corruption\b",
    r"\bODEBUG: ",
    r"\bObjects remaining in ",
    r"\bpage allocation failure\b",
    r"\bkmemleak: [1-9]\d* new suspected\b",
)))
# None of us runs yet between these two. There 7.3's UML frees memory on a CPU that is not
# online, which lockdep tells: "Callback enqueued on offline CPU!!"
_BEGIN_CPUS = "smp: Bringing up secondary CPUs"
_END_CPUS = "smp: Brought up"
_EXPECTED = re.compile(r"\bexpect splat: (.+)")


class Scanner:
    """Reads a console line by line.

    A test that provokes a splat says so first: "expect splat: TEXT" forgives the
    next one whose line holds TEXT.
    """

    def __init__(self):
        self.found = []
        self.expected = []
        self.before_us = False

    def feed(self, line):
        """True if line begins a splat that nobody expected."""
        announced = _EXPECTED.search(line)
        if _BEGIN_CPUS in line or _END_CPUS in line:
            self.before_us = _BEGIN_CPUS in line
        elif self.before_us:
            return False
        elif announced:
            self.expected.append(announced[1].strip())
        elif _SPLAT.search(line):
            for text in self.expected:
                if text in line:
                    self.expected.remove(text)
                    return False
            self.found.append(line.strip())
            return True
        return False
