# SPDX-License-Identifier: GPL-2.0
# What a person types. What is built, and from what, stands in Kbuild and tools/Makefile.

KDIR ?= /lib/modules/$(shell uname -r)/build
ROUNDS ?= 1000
# The scripts read KVER, ARCH, MEM and the like from the environment.

# As typed: a $ is for the VM's shell, not for make.
override export CMD := $(value CMD)

OUT := $(CURDIR)/out
# A script ends with this make, even if that is killed.
TIED = --parent $(shell echo $$PPID)

.DELETE_ON_ERROR:
.PHONY: module tools samples install install-headers vm demo kunit check check-san check-all check-ci check-host fuzz fuzz-vm coverage prove-detectors stress long bench litmus lint update-kernels clean help

module:
	@test -e $(KDIR)/Makefile || { echo "no kernel headers in $(KDIR): install those of your kernel, or set KDIR" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools:
	@scripts/deps build
	$(MAKE) -C tools OUT=$(OUT)/tools

install: module tools install-headers
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install
	install -D $(OUT)/tools/kown $(DESTDIR)/usr/local/bin/kown
	install -D -m 644 -t $(DESTDIR)/usr/lib/udev/rules.d tools/udev/60-kown.rules

# What a module of somebody else's is built with.
HEADERS = $(DESTDIR)/usr/src/kown
install-headers: module
	rm -rf $(HEADERS)/include
	install -d $(HEADERS)/include/kown
	install -m 644 -t $(HEADERS)/include/kown include/kown/*.h
	install -m 644 -t $(HEADERS) Module.symvers

# As somebody else would, with what is installed and nothing else of ours.
samples:
	$(MAKE) install-headers HEADERS=$(OUT)/headers
	$(MAKE) -C tools/samples KDIR=$(KDIR) KOWN=$(OUT)/headers
	install -D -m 644 -t $(OUT)/tools/tests/samples tools/samples/kown_bus.ko tools/samples/kref_bus.ko

vm:
	@scripts/deps build kernel vm
	@exec scripts/vm $(TIED) $(if $(wildcard out/tools/tests),--tests) $(if $(CMD),--cmd "$$CMD")

demo:
	@scripts/deps build kernel vm
	@exec scripts/vm $(TIED) --file COPYING:/demo/COPYING --cmd /demo/demo.sh

kunit:
	@scripts/deps build kernel kunit $(if $(ARCH)$(SAN),kunit-x86_64)
	@exec scripts/kunit $(TIED)

check:
	@scripts/deps build kernel vm tests kunit $(if $(filter x86_64,$(ARCH)),kunit-x86_64)
	@exec scripts/check $(TIED)

check-san:
	@scripts/deps build kernel kunit kunit-x86_64
	@exec scripts/check san $(TIED)

check-all:
	@scripts/deps build kernel vm tests kunit
	@exec scripts/check all $(TIED)

check-ci:
	@scripts/deps build kernel vm tests kunit lint host
	@exec scripts/check ci $(TIED)

prove-detectors:
	@scripts/deps build kernel kunit kunit-x86_64
	@exec scripts/prove-detectors $(TIED)

check-host:
	@scripts/deps build kernel host
	@exec scripts/host check $(TIED)

fuzz:
	@scripts/deps build kernel host fuzz
	@exec scripts/host fuzz $(TIED)

fuzz-vm:
	@scripts/deps build kernel vm tests
	@exec scripts/fuzz-vm $(TIED)

coverage:
	@scripts/deps build kernel vm tests host kunit coverage
	@exec scripts/coverage $(TIED)

stress:
	@scripts/deps build kernel vm tests
	@exec scripts/vm $(TIED) --tests --no-insmod --timeout 7200 --cmd 'ROUNDS=$(ROUNDS) /tests/insmod_stress.sh'

long:
	@scripts/deps build kernel vm tests kunit kunit-x86_64 host coverage
	@exec scripts/long $(RUN) $(TIED)

bench:
	@scripts/deps build kernel vm kunit
	@exec scripts/bench $(TIED)

litmus:
	@scripts/deps kernel
	@exec scripts/litmus

lint:
	@scripts/deps build kernel lint
	@exec scripts/lint

update-kernels:
	@scripts/kernel update

clean:
	@rm -rf out
	@find . -path ./.git -prune -o \( -name '*.o' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' -o -name '.*.cmd' -o -name '.*.d' \
		-o -name modules.order -o -name Module.symvers \) -exec rm -f {} +

help:
	@echo 'make                  kown.ko, for the kernel in KDIR (this machine'\''s)'
	@echo 'make tools            the kown command, in out/tools'
	@echo 'make install-headers  what other modules are built with, in /usr/src/kown (DESTDIR)'
	@echo 'make samples          tools/samples, a user of the library, built with that'
	@echo 'make install          both, on this machine (DESTDIR)'
	@echo 'make demo             a tour: two processes, one object, a SIGKILL'
	@echo 'make vm               a shell in a VM with kown.ko loaded'
	@echo 'make vm CMD="..."     one command there; 125 says that the VM failed, not the command'
	@echo 'make check            every test: KUnit, then the selftests in the VM'
	@echo 'make check-all        the same for each kernel, 6.1, 6.12 and 7.3; check-ci: what .ci/run runs'
	@echo 'make kunit            KUnit alone; ARCH=x86_64 or i386: in QEMU; KUNIT_ARGS="kown_vec*";'
	@echo '                      SAN=kasan|ubsan|kmemleak|lockdep|kcsan|debug with that; all: the first four'
	@echo 'make check-san        KUnit with all of them, in four kernels'
	@echo 'make prove-detectors  plant a bug of each class, see that each is reported'
	@echo 'make check-host       the library and its suites as programs, under ASan, UBSan and TSan'
	@echo 'make fuzz MINUTES=n   Vec against its model, led to new paths by libFuzzer'
	@echo 'make fuzz-vm MINUTES=n  random ioctls in a VM that debugs, led to new paths by KCOV'
	@echo 'make coverage         lines and branches that the suites reach, as programs, in a kernel, from outside'
	@echo 'make stress           insmod, work, rmmod, ROUNDS times (1000)'
	@echo 'make long RUN=races   a long run (COUNT=n), or all of them: Documentation/long-runs.rst'
	@echo 'make bench            each type against the bare primitive, on UML and in the VM; each command'
	@echo '                      of the device beside memfd, pipe, dup, ..., in instructions and in time'
	@echo 'make litmus           the memory orders, under herd7 with the kernel'\''s model'
	@echo 'make lint             checkpatch, kernel-doc, sparse, W=1, coccinelle, clang-tidy, shellcheck, codespell'
	@echo 'make update-kernels   fetch Debian'\''s newest build of KVER; until then the cached one is used'
	@echo 'make clean            remove what was built (not the cache of kernels, ~/.cache/kown)'
	@echo
	@echo 'KVER=6.1|6.12|7.3     the kernel of vm, demo, check, kunit and stress (6.1)'
	@echo 'KVER=6.1-debug|7.3-debug  of vm, check and stress: built from source, with KASAN, lockdep,'
	@echo '                      kmemleak, fault injection, ...; the first time takes some 15 minutes'
	@echo 'MEM=512 SMP=2         memory (MiB) and CPUs of the VM'
	@echo 'ACCEL=kvm             hardware virtualisation, where it works (tcg: software)'
	@echo 'TIMEOUT=600           seconds for a command in the VM; BOOT_TIMEOUT=60 until it is ready'
	@echo 'MODPARAMS="..."       parameters for kown.ko in the VM'

.DEFAULT:
	@echo "make: no verb '$@'" >&2
	@$(MAKE) --no-print-directory help >&2
	@exit 2
