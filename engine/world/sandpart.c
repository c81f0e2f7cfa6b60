/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The programs that run inside a sandbox. All are this executable, started
 * under their own names.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "world/sandbox.h"
#include "world/sandparts.h"
#include "world/sandwire.h"

#define NOT_FOUND 127
#define NANO	  INT64_C(1000000000)

const char *const sandbox_programs[] = {
	"/sbin/ifconfig",
	"/sbin/sysctl",
	"/sbin/route",
	"/sbin/dhclient",
	"/usr/sbin/service",
	"/usr/sbin/daemon",
	"/usr/sbin/devctl",
	"/usr/bin/netstat",
	"/usr/bin/logger",
	"/bin/kill",
	"/bin/pkill",
	"/bin/ps",
	"/bin/sleep",
	"/bin/date",
	NULL,
};

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

bool
sandbox_is_part(const char *argv0)
{
	const char *name = last_part(argv0);
	size_t i;

	if (strcmp(argv0, SANDBOX_FIRST) == 0)
		return true;
	if (access(SANDBOX_OURS "/socket", F_OK) != 0)
		return false;
	for (i = 0; sandbox_programs[i] != NULL; i++)
		if (strcmp(last_part(sandbox_programs[i]), name) == 0)
			return true;
	return strcmp(name, "sh") == 0;
}

/* --- the host's own programs --- */

/* Becomes the host's program of that name. argv is NULL-terminated. */
static int
become_host_program(const char *name, char **argv)
{
	static const char *const folders[] = { "/bin/", "/usr/bin/" };
	char path[128];
	size_t i;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), SANDBOX_HOST "%s%s", folders[i],
		    name);
		execv(path, argv);
	}
	fprintf(stderr, "%s: not found\n", name);
	return NOT_FOUND;
}

/* The shell's words up to the script or the command: how many, and whether
 * one of them is -c or -s. */
static size_t
shell_options(char **argv, bool *command, bool *input)
{
	size_t i;

	for (i = 1; argv[i] != NULL; i++) {
		if (strcmp(argv[i], "--") == 0)
			return i + 1;
		if ((argv[i][0] != '-' && argv[i][0] != '+') ||
		    argv[i][1] == '\0')
			break;
		if (argv[i][0] == '-' && argv[i][1] != '-') {
			*command |= strchr(argv[i], 'c') != NULL;
			*input |= strchr(argv[i], 's') != NULL;
		}
		if (strcmp(argv[i] + 1, "o") == 0 && argv[i + 1] != NULL)
			i++;
	}
	return i;
}

/* The host's shell, with kill(1) as a program: a script is read by way of
 * -c, which keeps its $0 and its arguments. */
static int
run_shell(int argc, char **argv)
{
	char **av = mem_zero((size_t)argc + 4, sizeof(*av));
	struct strbuf text = { 0 };
	bool command = false, input = false;
	size_t n, i, k = 0;

	n = shell_options(argv, &command, &input);
	for (i = 0; i < n; i++)
		if (strcmp(argv[i], "--") != 0)
			av[k++] = argv[i];
	strbuf_adds(&text, SANDBOX_PRELUDE);
	if (command && argv[n] != NULL) {
		strbuf_adds(&text, argv[n++]);
		av[k++] = strbuf_take(&text);
	} else {
		av[k++] = mem_str("-c");
		if (input || argv[n] == NULL || strcmp(argv[n], "-") == 0)
			strbuf_adds(&text, ". /dev/stdin");
		else if (strchr(argv[n], '/') != NULL)
			strbuf_adds(&text, ". \"$0\"");
		else
			strbuf_adds(&text, ". \"./$0\"");
		av[k++] = strbuf_take(&text);
		if (input || argv[n] == NULL)
			av[k++] = argv[0];
	}
	while (argv[n] != NULL)
		av[k++] = argv[n++];
	return become_host_program("sh", av);
}

/* --- what a program does itself when it is told to --- */

/* The shell has it built in everywhere; a program of the host may lack. */
static int
go_kill(int argc, char **argv)
{
	char **av = mem_zero((size_t)argc + 4, sizeof(*av));
	size_t i;

	av[0] = mem_str("sh");
	av[1] = mem_str("-c");
	av[2] = mem_str("command kill \"$@\"");
	av[3] = mem_str("kill");
	for (i = 1; argv[i] != NULL; i++)
		av[3 + i] = argv[i];
	return become_host_program("sh", av);
}

static int
go_date(int argc, char **argv, int64_t wall_ns)
{
	char **av = mem_zero((size_t)argc + 3, sizeof(*av));
	struct strbuf at = { 0 };
	size_t i;

	strbuf_addf(&at, "@%lld.%09lld", (long long)(wall_ns / NANO),
	    (long long)(wall_ns % NANO));
	av[0] = argv[0];
	av[1] = mem_str("-d");
	av[2] = strbuf_take(&at);
	for (i = 1; argv[i] != NULL; i++)
		av[2 + i] = argv[i];
	return become_host_program("date", av);
}

static void
become_daemon(int argc, char **argv, bool quiet, bool chdir_root,
    const char *pidfile)
{
	FILE *f;

	(void)argc;
	if (chdir_root && chdir("/") != 0)
		_exit(1);
	setsid();
	if (pidfile != NULL && (f = fopen(pidfile, "w")) != NULL) {
		fprintf(f, "%ld", (long)getpid());
		fclose(f);
	}
	if (quiet &&
	    (freopen("/dev/null", "r", stdin) == NULL ||
		freopen("/dev/null", "w", stdout) == NULL ||
		freopen("/dev/null", "w", stderr) == NULL))
		_exit(1);
	execvp(argv[0], argv);
	_exit(NOT_FOUND);
}

/* daemon(8): -c to the root folder, -f to /dev/null, -p a pid file; supervision
 * (-P, -r) and users are left out of account. */
static int
go_daemon(int argc, char **argv)
{
	bool quiet = false, chdir_root = false;
	const char *pidfile = NULL;
	pid_t pid;
	int c;

	optind = 1;
	while ((c = getopt(argc, argv, "+cfm:o:p:P:rR:s:l:St:T:u:")) != -1) {
		quiet |= c == 'f';
		chdir_root |= c == 'c';
		if (c == 'p')
			pidfile = optarg;
		if (c == '?')
			return 1;
	}
	if (optind == argc) {
		fputs("usage: daemon [-cf] [-p pidfile] command ...\n", stderr);
		return 1;
	}
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		become_daemon(argc - optind, argv + optind, quiet, chdir_root,
		    pidfile);
	return pid < 0 ? 1 : 0;
}

/* --- calls --- */

static int
connect_out(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), SANDBOX_OURS "/socket");
	if (fd < 0 || connect(fd, (void *)&sun, sizeof(sun)) != 0) {
		perror("sandbox");
		return -1;
	}
	return fd;
}

static bool
ask(int fd, char **argv, struct strbuf *buf, struct wire *answer)
{
	struct strbuf call = { 0 };
	size_t used = 0, mark = wire_begin(&call, WIRE_CALL), i;
	bool good;

	wire_number(&call, getpid());
	wire_text(&call, last_part(argv[0]), strlen(last_part(argv[0])));
	for (i = 1; argv[i] != NULL; i++)
		wire_text(&call, argv[i], strlen(argv[i]));
	wire_end(&call, mark);
	good = wire_send(fd, &call) && wire_receive(fd, buf, &used, answer);
	strbuf_fini(&call);
	return good;
}

static int
print_answer(struct wire *answer)
{
	int status = (int)wire_take_number(answer);
	const char *text;
	size_t bytes;

	text = wire_take_text(answer, &bytes);
	fwrite(text, 1, bytes, stdout);
	fflush(stdout);
	text = wire_take_text(answer, &bytes);
	fwrite(text, 1, bytes, stderr);
	return status;
}

int
sandbox_part(int argc, char **argv)
{
	const char *name = last_part(argv[0]);
	struct strbuf buf = { 0 };
	struct wire answer;
	int fd;

	if (strcmp(argv[0], SANDBOX_FIRST) == 0)
		_exit(sandbox_first());
	if (strcmp(name, "sh") == 0)
		_exit(run_shell(argc, argv));
	if ((fd = connect_out()) < 0 || !ask(fd, argv, &buf, &answer))
		_exit(NOT_FOUND);
	close(fd);
	if (answer.kind == WIRE_ANSWER)
		_exit(print_answer(&answer));
	if (strcmp(name, "kill") == 0)
		_exit(go_kill(argc, argv));
	if (strcmp(name, "date") == 0)
		_exit(go_date(argc, argv, wire_take_number(&answer)));
	if (strcmp(name, "daemon") == 0)
		_exit(go_daemon(argc, argv));
	_exit(NOT_FOUND);
}
