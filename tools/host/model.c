// SPDX-License-Identifier: GPL-2.0
/*
 * The model, as a program:
 *
 *	model SECONDS [SEED]	random operations; a failure is made short
 *	model FILE...		the operations in these files, each line being one HEX
 *	model -x HEX		these, and each is printed
 *	model -s HEX		these, which fail, are made short
 */
#include <kown/vec.h>
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../../kunit/model.h"
#include "host.h"
#include "os.h"


static void sayf(const char *format, ...)
{
	char text[2 * MODEL_BYTES + 100];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	os_print(text);
}

/* Return: true if the model agrees, and no memory is lost. */
static bool agrees(const u8 *bytes, size_t size, void (*say)(const char *text))
{
	long live = host_live;
	const char *wrong = model_run(bytes, size, say);

	if (!wrong && host_live != live)
		wrong = "memory is lost";
	if (wrong)
		sayf("WRONG: %s\n", wrong);
	return !wrong;
}

struct input {
	const u8 *bytes;
	size_t size;
};

static bool agrees_quietly(void *data)
{
	const struct input *input = data;

	return agrees(input->bytes, input->size, NULL);
}

static bool agrees_loudly(void *data)
{
	const struct input *input = data;

	return agrees(input->bytes, input->size, os_print);
}

/* In a process of its own, for a sanitizer ends it. */
static bool fails(const u8 *bytes, size_t size, void *context)
{
	struct input input = { bytes, size };

	return !os_child(agrees_quietly, &input, true);
}

static void report(u8 *bytes, size_t size)
{
	struct input input = { bytes };
	char hex[2 * MODEL_BYTES + 1];

	os_print("making it short\n");
	input.size = model_shrink(bytes, size, fails, NULL);
	for (size_t i = 0; i < input.size; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	os_child(agrees_loudly, &input, false);
	sayf("to repeat it: model -x %.*s\n", (int)(2 * input.size), hex);
}

static struct series {
	u64 seed;
	u64 number;
	u64 milliseconds;
} *series;

static bool run_series(void *data)
{
	u64 end = os_milliseconds() + series->milliseconds;
	u8 bytes[MODEL_BYTES];

	for (; os_milliseconds() < end; series->number++)
		if (!agrees(bytes, model_random(bytes, series->seed, series->number), NULL))
			return false;
	sayf("%llu runs, %llu operations, %llu of them refused\n", model_count.runs,
	     model_count.ops, model_count.refusals);
	return true;
}

static int random_runs(u64 seconds, u64 seed)
{
	u8 bytes[MODEL_BYTES];
	size_t size;

	series = os_shared(sizeof(*series));
	*series = (struct series){ .seed = seed, .milliseconds = seconds * 1000 };
	sayf("seed %llu\n", seed);
	if (os_child(run_series, NULL, false))
		return 0;
	size = model_random(bytes, seed, series->number);
	sayf("run %llu failed\n", series->number);
	report(bytes, size);
	return 1;
}

/* Return: how many bytes there are in @hex, up to what is no digit. */
static size_t read_hex(u8 bytes[MODEL_BYTES], const char *hex)
{
	char two[] = "0x00";
	size_t size = 0;

	for (; isxdigit(hex[0]) && isxdigit(hex[1]) && size < MODEL_BYTES; hex += 2) {
		memcpy(two + 2, hex, 2);
		bytes[size++] = os_number(two);
	}
	return size;
}

static int run_file(const char *path)
{
	u8 bytes[MODEL_BYTES];
	int n = 0, failures = 0;
	size_t size;
	char *text = (char *)os_read(path, &size), *line = text;

	for (; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		struct input input = { bytes, read_hex(bytes, line) };

		n++;
		if (agrees_quietly(&input))
			continue;
		failures++;
		report(bytes, input.size);
	}
	os_free(text);
	sayf("%s: %d inputs, %d failed\n", path, n, failures);
	return failures || !n;
}

int main(int argc, char **argv)
{
	u8 bytes[MODEL_BYTES];
	int failures = 0;

	if (argc == 3 && !strcmp(argv[1], "-x"))
		return !agrees(bytes, read_hex(bytes, argv[2]), os_print);
	if (argc == 3 && !strcmp(argv[1], "-s")) {
		report(bytes, read_hex(bytes, argv[2]));
		return 1;
	}
	if (argc > 1 && argv[1][0] >= '0' && argv[1][0] <= '9')
		return random_runs(os_number(argv[1]), argc > 2 ? os_number(argv[2]) : os_random());
	for (int i = 1; i < argc; i++)
		failures |= run_file(argv[i]);
	return failures;
}
