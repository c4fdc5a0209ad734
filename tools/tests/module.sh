# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# For tests that load the module themselves: where it is, how it was loaded, and
# back to that.

module=
for file in "$KOWN_KO" /kown.ko /lib/kown.ko; do
	if [ -r "$file" ]; then
		module=$file
		break
	fi
done

loaded()
{
	grep -q '^kown ' /proc/modules
}

was_loaded=
loaded && was_loaded=yes
was_loaded_with=$(
	for file in /sys/module/kown/parameters/*; do
		[ -r "$file" ] && echo "${file##*/}=$(cat "$file")"
	done
)

# module_unload: the last users may still be on their way out
module_unload()
{
	for _ in $(seq 100); do
		loaded || return 0
		rmmod kown 2> /dev/null || usleep 10000
	done
	fail "the module is in use"
}

module_reload()
{
	[ "$module" ] || skip "no kown.ko here; KOWN_KO tells where it is"
	module_unload
	insmod "$module" "$@" || fail "insmod $*"
}

# shellcheck disable=SC2086 # parameters are a list
module_restore()
{
	module_unload
	[ -z "$was_loaded" ] || insmod "$module" $was_loaded_with
}
