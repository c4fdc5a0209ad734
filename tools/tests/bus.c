// SPDX-License-Identifier: GPL-2.0
/*
 * usage: bus DEVICE script|churn|speed PORTS
 *
 * script: what a bus does, as lines; the same for every bus. churn: ports come, talk and
 * go; prints what is left. speed: ns for one message sent to so many and read by all.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../samples/bus_uapi.h"

static const char *device;

static int join(int flags)
{
	int port = open(device, O_RDWR | O_CLOEXEC | flags);

	if (port < 0) {
		perror(device);
		exit(2);
	}
	return port;
}

/* A result, or the name of the errno. */
static const char *result(long n)
{
	static char text[32];

	if (n < 0)
		return strerrorname_np(errno);
	snprintf(text, sizeof(text), "%ld", n);
	return text;
}

static void say(const char *what, long n)
{
	printf("%s: %s\n", what, result(n));
}

static void say_read(const char *what, int port)
{
	char text[BUS_MAX_MESSAGE];
	ssize_t n = read(port, text, sizeof(text));

	printf("%s: %s", what, result(n));
	if (n > 0)
		printf(" %.*s", (int)n, text);
	printf("\n");
}

static void send_byte(int port, char byte)
{
	if (write(port, &byte, 1) != 1)
		say("write", -1);
}

static int events(int port)
{
	struct pollfd poll_port = { .fd = port, .events = POLLIN | POLLOUT };

	poll(&poll_port, 1, 0);
	return poll_port.revents;
}

static struct bus_stats stats(int port)
{
	struct bus_stats stats = { .size = sizeof(stats) };

	if (ioctl(port, BUS_IOC_STATS, &stats))
		perror("stats");
	return stats;
}

static void say_stats(const char *what, int port)
{
	struct bus_stats now = stats(port);

	printf("%s: ports %u unread %u reserved %u\n", what, now.ports, now.unread,
	       now.reserved);
}

static void refusals(void)
{
	static char bytes[BUS_MAX_MESSAGE + 1];
	struct bus_stats small = { .size = sizeof(small) - 8 };
	struct { struct bus_stats stats; char more[8]; } large = {
		.stats.size = sizeof(large),
	};
	void *nowhere = (void *)strtoul("8", NULL, 0);
	int a = join(0), b = join(O_NONBLOCK);

	say("no bytes", write(a, bytes, 0));
	say("too many bytes", write(a, bytes, sizeof(bytes)));
	say("as many as there may be", write(a, bytes, BUS_MAX_MESSAGE));
	say("bytes that are not there", write(a, nowhere, 100));
	say("unknown command", ioctl(a, _IO('b', 99)));
	say("stats of a small struct", ioctl(a, BUS_IOC_STATS, &small));
	say("stats of a large struct", ioctl(a, BUS_IOC_STATS, &large));
	say("stats to nowhere", ioctl(a, BUS_IOC_STATS, nowhere));
	say("read with little room", read(b, bytes, 10));
	say("read with enough", read(b, bytes, sizeof(bytes)));
	say("read of nothing", read(b, bytes, sizeof(bytes)));
	close(a);
	close(b);
}

static void conversation(void)
{
	int a = join(O_NONBLOCK), b = join(O_NONBLOCK), c = join(O_NONBLOCK), d;

	printf("events without news: %x\n", events(b));
	say("a says one", write(a, "one", 3));
	say("b says two", write(b, "two", 3));
	d = join(O_NONBLOCK);
	say("c says three", write(c, "three", 5));
	printf("events with news: %x\n", events(b));
	say_stats("a", a);
	say_read("a", a);
	say_read("a", a);
	say_read("a", a);
	say_read("b", b);
	say_read("b", b);
	say_read("c", c);
	say_read("c", c);
	say_read("d, which came late", d);
	say_read("d", d);
	close(c);
	close(d);
	say_stats("two have left", a);
	say("nobody hears it but b", write(a, "four", 4));
	say_read("b", b);
	close(a);
	say_stats("b alone", b);
	say("nobody hears it", write(b, "five", 4));
	close(b);
}

static void overflow(void)
{
	char text[16];
	int a = join(0), b = join(O_NONBLOCK), read_well = 0;

	for (int i = 0; i < BUS_MAX_UNREAD + 3; i++)
		if (write(a, text, snprintf(text, sizeof(text), "m%d", i)) < 0)
			say("write", -1);
	say_stats("full", b);
	for (int i = 0; i < BUS_MAX_UNREAD; i++) {
		char want[16];
		ssize_t n = read(b, text, sizeof(text));

		read_well += n == snprintf(want, sizeof(want), "m%d", i) &&
			     !memcmp(want, text, n);
	}
	printf("in order: %d\n", read_well);
	printf("events at the hole: %x\n", events(b));
	say_read("hole", b);
	say_read("after it", b);
	say("again", write(a, "again", 5));
	say_read("again", b);
	close(a);
	close(b);
}

static void sleep_ms(int ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void flushing(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	int a = join(0), b = join(O_NONBLOCK), c = join(0), status;
	pid_t child;

	say("flush of nothing", fsync(a));
	send_byte(a, 'x');
	sigaction(SIGALRM, &action, NULL);
	ualarm(100000, 0);
	say("flush of what nobody reads", fsync(a));
	child = fork();
	if (!child) {
		char byte;

		sleep_ms(50);
		_exit(read(b, &byte, 1) != 1 || read(c, &byte, 1) != 1);
	}
	say("flush while others read", fsync(a));
	waitpid(child, &status, 0);
	printf("the reader: %d\n", status);
	send_byte(a, 'y');
	close(b);
	close(c);
	say("flush of what others left behind", fsync(a));
	close(a);
}

static void waiting(void)
{
	int a = join(0), b = join(0), status;
	pid_t child = fork();
	char byte;

	if (!child) {
		sleep_ms(50);
		_exit(write(a, "z", 1) != 1);
	}
	say("read that waits", read(b, &byte, 1));
	waitpid(child, &status, 0);
	child = fork();
	if (!child)
		_exit(read(b, &byte, 1) == 1);
	sleep_ms(50);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	printf("read that is killed: %d\n", WTERMSIG(status));
	ualarm(100000, 0);
	say("read that is interrupted", read(b, &byte, 1));
	close(a);
	close(b);
}

/* Ports that join, send, read, flush and leave, all at once. */

#define CROWD		4
#define CROWD_ROUNDS	300

static void *crowd(void *seed)
{
	unsigned int random = (uintptr_t)seed;
	char text[64] = "";
	ssize_t n;

	for (int round = 0; round < CROWD_ROUNDS; round++) {
		int port = join(O_NONBLOCK);

		for (int i = 0; i < 8; i++) {
			if (rand_r(&random) % 2)
				n = write(port, text, 1 + rand_r(&random) % sizeof(text));
			else
				n = read(port, text, sizeof(text));
			if (n < 0 && errno != EAGAIN && errno != ENOBUFS)
				say("crowd", n);
		}
		close(port);
	}
	return NULL;
}

static int churn(void)
{
	pthread_t threads[CROWD];
	int port = join(O_NONBLOCK);
	struct bus_stats end;

	for (uintptr_t i = 0; i < CROWD; i++)
		pthread_create(&threads[i], NULL, crowd, (void *)(i + 1));
	for (int i = 0; i < CROWD; i++)
		pthread_join(threads[i], NULL);
	end = stats(port);
	printf("ports %u, sent at least as many as rounds: %s\n", end.ports,
	       end.sent > CROWD * CROWD_ROUNDS ? "yes" : "no");
	close(port);
	return 0;
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

#define SPEED_CALLS	200
#define SPEED_ROUNDS	15

static int speed(int n)
{
	int ports[n], from = join(0);
	uint64_t best = UINT64_MAX;
	char text[100] = "";

	for (int i = 0; i < n; i++)
		ports[i] = join(0);
	for (int round = 0; round < SPEED_ROUNDS; round++) {
		uint64_t start = now(), took;

		for (int call = 0; call < SPEED_CALLS; call++) {
			if (write(from, text, sizeof(text)) != sizeof(text))
				return 1;
			for (int i = 0; i < n; i++)
				if (read(ports[i], text, sizeof(text)) != sizeof(text))
					return 1;
		}
		took = (now() - start) / SPEED_CALLS;
		if (took < best)
			best = took;
	}
	printf("%llu\n", (unsigned long long)best);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	device = argv[1];
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(argv[2], "churn"))
		return churn();
	if (!strcmp(argv[2], "speed") && argc > 3)
		return speed(atoi(argv[3]));
	refusals();
	conversation();
	overflow();
	flushing();
	waiting();
	return 0;
}
