/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

#define EXPORT_SYMBOL(symbol)			struct module
#define EXPORT_SYMBOL_GPL(symbol)		struct module
#define EXPORT_SYMBOL_NS_GPL(symbol, ns)	struct module

#endif /* _LINUX_EXPORT_H */
