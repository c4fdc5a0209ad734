// SPDX-License-Identifier: GPL-2.0
/*
 * The suites, as a program: suites [PART OF A SUITE'S NAME]
 */
#include <kown/arc.h>

#include "../../module/drop.h"
#include "../../module/watch.h"
#include "host.h"
#include "os.h"

int main(int argc, char **argv)
{
	int failures;

	kown_watch_init();
	if (kown_drop_init())
		return 2;
	failures = host_run_suites(argc > 1 ? argv[1] : "");
	kown_drop_exit();
	if (host_live) {
		os_print("# not all memory was given back\n");
		return 1;
	}
	return failures ? 1 : 0;
}
