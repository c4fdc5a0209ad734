/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a process has: the only way from here to libc, whose headers and the kernel's do
 * not mix.
 */
#ifndef _HOST_OS_H
#define _HOST_OS_H

#ifndef _LINUX_TYPES_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#endif

void *os_alloc(size_t size, size_t align);
void os_free(void *p);
size_t os_alloc_size(void *p);
/* As libc's, and the kernel's %*ph. */
int host_vsnprintf(char *buf, size_t size, const char *format, va_list args);
void os_print(const char *text);
const char *os_env(const char *name);
unsigned long long os_random(void);
unsigned long long os_milliseconds(void);
unsigned long long os_number(const char *text);
void os_yield(void);
bool os_thread(int (*run)(void *data), void *data);
/* Calls run(); false if that ended with os_jump(), which may not be nested. */
bool os_try(void (*run)(void *data), void *data);
__attribute__((noreturn)) void os_jump(void);
__attribute__((noreturn)) void os_abort(void);
/* Calls run() in a process of its own; false if that did not, or did not live to tell. */
bool os_child(bool (*run)(void *data), void *data, bool quiet);
/* Memory that children share, zeroed, for ever. */
void *os_shared(size_t size);
/* A file's bytes and a NUL, for os_free(); NULL if it cannot be read. */
unsigned char *os_read(const char *path, size_t *size);

#endif /* _HOST_OS_H */
