// SPDX-License-Identifier: GPL-2.0
/*
 * Becoming the command that a verb runs.
 */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int run_command(char **command)
{
	fflush(stdout);
	execvp(command[0], command);
	return refused("run", errno, "%s", command[0]);
}

/* @elem is the type that values are printed as, or NULL if not known. */
int run_with_fd(char **command, int fd, const char *elem)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", fd);
	if (fcntl(fd, F_SETFD, 0) < 0)
		return refused("run", errno, "descriptor %d", fd);
	if (setenv("KOWN_FD", number, 1) ||
	    (elem ? setenv("KOWN_ELEM", elem, 1) : unsetenv("KOWN_ELEM")))
		return refused("run", errno, "environment");
	return run_command(command);
}
