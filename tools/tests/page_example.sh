#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# usage: page_example.sh PAGE > example.c
#
# Prints the first block of C in a page of reStructuredText; fails if there is none.

awk '
	/^\.\. code-block:: c$/ && !seen { inside = seen = 1; next }
	/^[^\t]/ { inside = 0 }
	inside { sub(/^\t/, ""); print }
	END { exit !seen }
' "$1"
