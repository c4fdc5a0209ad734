/* SPDX-License-Identifier: GPL-2.0 */
/* What libc has, and the sanitizers watch there. The rest is the kernel's lib/string.c. */
#ifndef _HOST_ASM_STRING_H
#define _HOST_ASM_STRING_H

#define __HAVE_ARCH_MEMCHR
#define __HAVE_ARCH_MEMCMP
#define __HAVE_ARCH_MEMCPY
#define __HAVE_ARCH_MEMMOVE
#define __HAVE_ARCH_MEMSET
#define __HAVE_ARCH_STRCHR
#define __HAVE_ARCH_STRCMP
#define __HAVE_ARCH_STRLEN
#define __HAVE_ARCH_STRNCMP
#define __HAVE_ARCH_STRNLEN
#define __HAVE_ARCH_STRSTR

void *memchr(const void *s, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *s, int c, size_t n);
char *strchr(const char *s, int c);
int strcmp(const char *a, const char *b);
size_t strlen(const char *s);
int strncmp(const char *a, const char *b, size_t n);
size_t strnlen(const char *s, size_t n);
char *strstr(const char *s, const char *part);

#endif /* _HOST_ASM_STRING_H */
