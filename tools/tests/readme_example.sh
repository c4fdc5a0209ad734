#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# usage: readme_example.sh README > example.c
#
# Prints the first block of C in a Markdown file; fails if there is none.

awk '
	/^```c$/ && !seen { inside = seen = 1; next }
	/^```/ { inside = 0 }
	inside
	END { exit !seen }
' "$1"
