// SPDX-License-Identifier: GPL-2.0
/*
 * The model, for libFuzzer.
 */
#include <kown/vec.h>

#include "../../kunit/model.h"
#include "host.h"
#include "os.h"

static void fail_from(unsigned long n)
{
	host_fail_from = n;
}

static const struct model_world quiet = { .fail_from = fail_from };
static const struct model_world loud = { .fail_from = fail_from, .say = os_print };

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size);
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
	long live = host_live;
	const char *wrong = model_run(bytes, size, &quiet);

	if (!wrong && host_live != live)
		wrong = "memory is lost";
	if (!wrong)
		return 0;
	(void)!model_run(bytes, size, &loud);
	os_print(wrong);
	os_abort();
}
