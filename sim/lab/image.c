/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/image.h"

#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"

#define OUTPUT_MAX 65536 /* of a script; more is read and forgotten */
#define NOTHING	   77	 /* its exit status when something is missing */

/* Debian's kernel tests what it ciphers with, and reads certificates, before
 * it runs anything: a second that no guest of a lab needs. */
#define APPEND                                                                 \
	"console=ttyS0 quiet panic=-1 no_timer_check tsc=reliable "            \
	"random.trust_cpu=on cryptomgr.notests "                               \
	"initcall_blacklist=crypto_kdf108_init,load_system_certificate_list,"  \
	"init_encrypted,init_kprobe_trace"

/* --- running a script --- */

static void
become_script(const char *const *argv, int out)
{
	sigset_t none;
	int signo, null = open("/dev/null", O_RDONLY);

	for (signo = 1; signo < NSIG; signo++)
		signal(signo, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	closefrom(3);
	execv("/bin/sh", (char *const *)(uintptr_t)argv);
	_exit(127);
}

static void
read_all(int fd, struct strbuf *out)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) != 0) {
		if (n < 0 && errno != EINTR)
			return;
		if (n > 0 && out->bytes < OUTPUT_MAX)
			strbuf_add(out, bytes, (size_t)n);
	}
	while (out->bytes > 0 && out->data[out->bytes - 1] == '\n')
		out->data[--out->bytes] = '\0';
}

/* What the script says on its last line, which the caller frees; else NULL,
 * and why. */
static char *
ask_script(const char *const *argv, struct err *err)
{
	struct strbuf out = { 0 };
	const char *last;
	int fds[2], status = 0;
	char *answer = NULL;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0) {
		err_sys(err, errno, "pipe");
		return NULL;
	}
	if ((pid = fork()) == 0)
		become_script(argv, fds[1]);
	close(fds[1]);
	if (pid < 0) {
		err_sys(err, errno, "fork");
		close(fds[0]);
		return NULL;
	}
	read_all(fds[0], &out);
	close(fds[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	last = strrchr(strbuf_str(&out), '\n');
	last = last == NULL ? strbuf_str(&out) : last + 1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && *last == '/')
		answer = mem_str(last);
	else
		err_set(err,
		    WIFEXITED(status) && WEXITSTATUS(status) == NOTHING
			? ERR_NOTFOUND
			: ERR_IO,
		    "%s: %s", argv[1],
		    *last != '\0' ? last : "it failed without a word");
	strbuf_fini(&out);
	return answer;
}

/* --- the kernel, then the image --- */

static char *
beside(const char *script, const char *name)
{
	const char *slash = strrchr(script, '/');
	struct strbuf path = { 0 };

	if (slash != NULL)
		strbuf_add(&path, script, (size_t)(slash - script) + 1);
	strbuf_adds(&path, name);
	return strbuf_take(&path);
}

static char *
find_kernel(const struct image_config *c, struct err *err)
{
	char *script = beside(c->script, "kernel.sh"), *kernel;
	const char *argv[] = { "sh", script, c->folder, NULL };

	kernel = ask_script(argv, err);
	free(script);
	return kernel;
}

static char *
make_initrd(const struct image_config *c, const char *kernel, struct err *err)
{
	const char **argv;
	char *path;
	size_t n = 0, i;

	while (c->programs[n] != NULL)
		n++;
	argv = mem_zero(n + 5, sizeof(*argv));
	argv[0] = "sh";
	argv[1] = c->script;
	argv[2] = kernel;
	argv[3] = c->folder;
	for (i = 0; i < n; i++)
		argv[4 + i] = c->programs[i];
	path = ask_script(argv, err);
	free(argv);
	return path;
}

/* Its vmlinuz: what is asked of a shell is its pattern. */
static char *
find_vmlinuz(const char *kernel, struct err *err)
{
	const char *argv[] = { "sh", "-c",
		"for f in \"$0\"/boot/vmlinuz-*; do echo \"$f\"; exit; done",
		kernel, NULL };

	return ask_script(argv, err);
}

int
image_make(const struct image_config *config, struct image *out,
    struct err *err)
{
	char *kernel;

	memset(out, 0, sizeof(*out));
#if !defined(__x86_64__)
	return err_set(err, ERR_UNSUPPORTED,
	    "the lab's guest is an x86-64 machine; this one is another");
#endif
	kernel = config->kernel != NULL ? mem_str(config->kernel)
					: find_kernel(config, err);
	if (kernel == NULL)
		return err->code;
	out->kernel = find_vmlinuz(kernel, err);
	if (out->kernel != NULL)
		out->initrd = make_initrd(config, kernel, err);
	out->append = mem_str(APPEND);
	free(kernel);
	if (out->kernel != NULL && out->initrd != NULL)
		return 0;
	image_fini(out);
	return err->code;
}

void
image_fini(struct image *i)
{
	free(i->kernel);
	free(i->initrd);
	free(i->append);
	memset(i, 0, sizeof(*i));
}
