/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command lines that a script or a user gives to the simulated guest: each is
 * checked, and run whatever the check says, one behind the other on a machine
 * with a pair and an aggregate. Each ends once, with a status, and what the
 * check refuses does not end well. The machine can be looked at afterwards.
 *
 * Input: lines.
 */
#include "fuzz.h"
#include "inputfile.h"

#include <stdbool.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "failover/rcvars.h"
#include "sim/guest/guest.h"
#include "sim/machine/hn.h"
#include "sim/machine/lagg.h"

#define LINES	8
#define STEPS	400 /* of the machine, after a line */
#define PROFILE "fixtures/machines/azure-mlx5.profile"

static struct profile *profile;

unsigned
fuzz_mutations(void)
{
	return 5000;
}

static void
end(void)
{
	profile_free(profile);
}

static void
begin(void)
{
	struct diag d = { 0 };
	size_t bytes;
	char *text = inputfile_read(PROFILE, &bytes);

	profile = profile_parse(PROFILE, text, bytes, &d);
	FUZZ_HOLDS(profile != NULL);
	free(text);
	atexit(end);
}

static void
run(struct machine *m, int64_t ns, unsigned steps)
{
	int64_t until_ns = m->clock.now_ns + ns;

	while (steps-- > 0 && vclock_step(&m->clock, until_ns))
		machine_settle(m);
}

static struct machine *
new_machine(struct trace *t)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 0, 1 };
	struct machine *m;
	struct ifnet *hn, *vf;

	profile_seed(profile, 1);
	m = machine_new(profile, t);
	hn = hn_new(m, "hn0", mac, true);
	hn_host_media(hn, true);
	vf = ifnet_new(m, KIND_VF, "mce0", mac);
	snprintf(vf->vf.driver, sizeof(vf->vf.driver), "mlx5");
	snprintf(vf->vf.device, sizeof(vf->vf.device), "mlx5_core0");
	vf->vf.carrier = true;
	ifnet_set_caps(vf, CAP_LINKSTATE, CAP_LINKSTATE);
	hn_vf_arrived(vf);
	lagg_new(m, "lagg0");
	machine_settle(m);
	run(m, DUR_SEC, STEPS);
	return m;
}

struct ended {
	unsigned times;
	int status;
};

static void
done(void *ctx, const struct guest_end *how)
{
	struct ended *e = ctx;

	FUZZ_HOLDS(how->status >= 0 && how->status <= 255);
	FUZZ_HOLDS(how->error >= 0);
	e->times++;
	e->status = how->status;
}

static void
type(struct machine *m, const char *line, struct ended *e)
{
	struct err err = { .text = "" };
	size_t argc = 0;
	char **argv = NULL;
	bool good;

	if (!guest_split(line, &argc, &argv) || argc == 0) {
		guest_words_free(argc, argv);
		return;
	}
	good = guest_check(argc, argv, &err) == 0;
	FUZZ_HOLDS(good == (err.text[0] == '\0'));
	guest_exec(m, argc, argv, done, e);
	FUZZ_HOLDS(e->times == 0);
	run(m, DUR_SEC, STEPS);
	FUZZ_HOLDS(e->times <= 1);
	/* Of daemon(8)'s command only itself would hear. */
	FUZZ_HOLDS(good || e->times == 0 || e->status != 0 ||
	    strstr(argv[0], "daemon") != NULL);
	guest_words_free(argc, argv);
}

/* More than the last line of them may be running yet. */
static void
type_all(struct machine *m, char *text, struct ended ended[LINES])
{
	char *line;
	size_t n = 0;

	while ((line = strsep(&text, "\n")) != NULL && n < LINES)
		type(m, line, &ended[n++]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct ended ended[LINES] = { { .times = 0 } };
	char *text = mem_strn((const char *)data, bytes);
	struct trace *t = trace_new();
	struct snapshot seen = { 0 };
	struct machine *m;

	if (profile == NULL)
		begin();
	m = new_machine(t);
	type_all(m, text, ended);
	machine_observe(m, &seen);
	snapshot_fini(&seen);
	machine_free(m);
	trace_free(t);
	free(text);
	return 0;
}
