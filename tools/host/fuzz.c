// SPDX-License-Identifier: GPL-2.0
/*
 * The model, for libFuzzer.
 */
#include <kown/vec.h>

#include "../../kunit/model.h"
#include "host.h"
#include "os.h"


int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size);
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
	long live = host_live;
	const char *wrong = model_run(bytes, size, NULL);

	if (!wrong && host_live != live)
		wrong = "memory is lost";
	if (!wrong)
		return 0;
	(void)!model_run(bytes, size, os_print);
	os_print(wrong);
	os_abort();
}
