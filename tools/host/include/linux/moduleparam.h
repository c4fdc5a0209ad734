/* SPDX-License-Identifier: GPL-2.0 */
/* Parameters of unsigned long, from the environment. */
#ifndef _LINUX_MODULEPARAM_H
#define _LINUX_MODULEPARAM_H

#include <linux/compiler.h>

unsigned long host_parameter(const char *name, unsigned long standard);

#define module_param(name, type, mode)						\
static void __attribute__((constructor)) host_set_##name(void)			\
{										\
	name = host_parameter(#name, name);					\
}
#define MODULE_PARM_DESC(name, text)

#endif /* _LINUX_MODULEPARAM_H */
