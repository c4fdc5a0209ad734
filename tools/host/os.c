// SPDX-License-Identifier: GPL-2.0
/*
 * What a process has.
 */
#include <fcntl.h>
#include <malloc.h>
#include <printf.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os.h"

void *os_alloc(size_t size, size_t align)
{
	void *p;

	return posix_memalign(&p, align < sizeof(p) ? sizeof(p) : align, size) ? NULL : p;
}

void os_free(void *p)
{
	free(p);
}

/* With a sanitizer, what was asked for. */
size_t os_alloc_size(void *p)
{
	return malloc_usable_size(p);
}

void os_print(const char *text)
{
	fputs(text, stdout);
	fflush(stdout);
}

/* The kernel's %*ph, which libc knows as %*Y: so many bytes, in hex. */
static int print_bytes(FILE *file, const struct printf_info *info, const void *const *args)
{
	const unsigned char *bytes = **(const unsigned char *const *const *)args;
	int n = 0;

	for (int i = 0; i < info->width; i++)
		n += fprintf(file, i ? " %02x" : "%02x", bytes[i]);
	return n;
}

static int is_pointer(const struct printf_info *info, size_t n, int *types, int *sizes)
{
	if (n)
		*types = PA_POINTER;
	return 1;
}

static void __attribute__((constructor)) know_bytes(void)
{
	register_printf_specifier('Y', print_bytes, is_pointer);
}

int host_vsnprintf(char *buf, size_t size, const char *format, va_list args)
{
	char *copy = strdup(format), *at = copy;
	int n;

	while ((at = strstr(at, "%*ph"))) {
		at[2] = 'Y';
		memmove(at + 3, at + 4, strlen(at + 4) + 1);
	}
	n = vsnprintf(buf, size, copy, args);
	free(copy);
	return n;
}

const char *os_env(const char *name)
{
	return getenv(name);
}

unsigned long long os_milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

unsigned long long os_random(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000007ULL + now.tv_nsec;
}

unsigned long long os_number(const char *text)
{
	return strtoull(text, NULL, 0);
}

void os_yield(void)
{
	sched_yield();
}

struct start {
	int (*run)(void *data);
	void *data;
};

static void *run_thread(void *data)
{
	struct start start = *(struct start *)data;

	free(data);
	start.run(start.data);
	return NULL;
}

bool os_thread(int (*run)(void *data), void *data)
{
	struct start *start = malloc(sizeof(*start));
	pthread_t thread;

	if (!start)
		return false;
	*start = (struct start){ run, data };
	if (pthread_create(&thread, NULL, run_thread, start)) {
		free(start);
		return false;
	}
	pthread_detach(thread);
	return true;
}

static jmp_buf end;

bool os_try(void (*run)(void *data), void *data)
{
	if (setjmp(end))
		return false;
	run(data);
	return true;
}

void os_jump(void)
{
	longjmp(end, 1);
}

void os_abort(void)
{
	abort();
}

bool os_child(bool (*run)(void *data), void *data, bool quiet)
{
	pid_t child = fork();
	int status, null;

	if (child < 0)
		return false;
	if (!child) {
		null = quiet ? open("/dev/null", O_WRONLY) : -1;
		if (null >= 0) {
			dup2(null, 1);
			dup2(null, 2);
		}
		exit(!run(data));
	}
	waitpid(child, &status, 0);
	return !status;
}

void *os_shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		abort();
	return p;
}

unsigned char *os_read(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	unsigned char *bytes = NULL;
	long length;

	if (!file)
		return NULL;
	length = fseek(file, 0, SEEK_END) ? -1 : ftell(file);
	if (length >= 0) {
		rewind(file);
		bytes = malloc(length + 1);
		*size = bytes ? fread(bytes, 1, length, file) : 0;
		if (bytes)
			bytes[*size] = '\0';
	}
	fclose(file);
	return bytes;
}
