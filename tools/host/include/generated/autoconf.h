/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel that a process plays. */
#define CONFIG_SMP 1
#define CONFIG_KOWN_KUNIT_TEST 1
#define CONFIG_DEBUG_ATOMIC_SLEEP 1
#define CONFIG_KOWN_KUNIT_TEST 1
#ifdef __LP64__
#define CONFIG_64BIT 1
#endif
