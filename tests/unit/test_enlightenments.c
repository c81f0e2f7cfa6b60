/* SPDX-License-Identifier: BSD-2-Clause */
/* sim/lab/enlightenments.h: what is offered on which host, and why not. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "sim/lab/enlightenments.h"

/* What a Linux 6.1 on an Intel processor says, as far as it is looked at. */
static const struct kvmlook full = {
	.api = 12,
	.hardware = true,
	.hyperv = true,
	.leaves = {
		{ 0x40000000, 0x40000082, 0x7263694d, 0x666f736f, 0x76482074 },
		{ 0x40000003, 0x00002eff, 0x00000060, 0, 0x00080d92 },
		{ 0x40000004, 0x00020e2c, 0x00000fff, 0, 0 },
	},
	.n_leaves = 3,
};

static void
check(const struct kvmlook *host, bool kvm, bool offered, const char *cpu,
    const char *why)
{
	struct enlightenments e;

	memset(&e, 0x55, sizeof(e));
	enlightenments_decide(host, &e);
	assert_string_equal(e.why, why);
	assert_string_equal(e.cpu, cpu);
	assert_true(e.kvm == kvm && e.offered == offered);
}

static void
a_whole_kvm_offers_all(void **state)
{
	(void)state;
	check(&full, true, true,
	    "host,hv-relaxed,hv-vapic,hv-time,hv-runtime,hv-crash,hv-vpindex,"
	    "hv-synic,hv-stimer,hv-frequencies,hv-tlbflush,hv-ipi",
	    "");
}

static void
what_is_not_needed_may_be_missing(void **state)
{
	struct kvmlook host = full;

	(void)state;
	host.leaves[1].eax &= ~(1u << 4 | 1u << 0);
	host.leaves[1].edx &= ~(1u << 10 | 1u << 8);
	host.leaves[2].eax &= ~(1u << 11);
	check(&host, true, true,
	    "host,hv-relaxed,hv-time,hv-vpindex,hv-synic,hv-stimer", "");
}

static void
what_is_needed_takes_what_needs_it_along(void **state)
{
	struct kvmlook host = full;

	(void)state;
	host.leaves[1].eax &= ~(1u << 6);
	check(&host, true, false, "host",
	    "stand-in: this host's KVM lacks hv-vpindex,hv-synic,hv-stimer");
	host = full;
	host.leaves[1].eax &= ~(1u << 9); /* half of hv-time */
	check(&host, true, false, "host",
	    "stand-in: this host's KVM lacks hv-time,hv-stimer");
	host.n_leaves = 0;
	check(&host, true, false, "host",
	    "stand-in: this host's KVM lacks hv-relaxed,hv-time,hv-vpindex,"
	    "hv-synic,hv-stimer");
}

static void
a_kvm_without_hyperv_runs_guests_that_see_kvm(void **state)
{
	struct kvmlook host = full;

	(void)state;
	host.leaves_errno = EINVAL;
	host.n_leaves = 0;
	check(&host, true, false, "host",
	    "stand-in: this host's KVM does not say which Hyper-V "
	    "enlightenments it has (KVM_GET_SUPPORTED_HV_CPUID): Invalid "
	    "argument");
	host.hyperv = false;
	check(&host, true, false, "host",
	    "stand-in: this host's KVM has no Hyper-V enlightenments "
	    "(KVM_CAP_HYPERV)");
}

static void
without_a_kvm_that_runs_guests_there_is_none(void **state)
{
	struct kvmlook host = full;

	(void)state;
	host.hardware = false;
	check(&host, false, false, "",
	    "stand-in: /dev/kvm is there, but the processor has neither VMX "
	    "nor SVM to run a guest by");
	host.api = -1;
	check(&host, false, false, "",
	    "stand-in: /dev/kvm has version -1, not 12");
	host.open_errno = EACCES;
	check(&host, false, false, "",
	    "stand-in: /dev/kvm cannot be opened: Permission denied");
	host.open_errno = ENOENT;
	check(&host, false, false, "", "stand-in: this host has no /dev/kvm");
}

/* Whatever this machine is, the answer is one of the above. */
static void
this_host_can_be_asked(void **state)
{
	struct kvmlook host;
	struct enlightenments e;

	(void)state;
	kvmlook(&host);
	enlightenments_decide(&host, &e);
	assert_true(e.offered == (e.why[0] == '\0'));
	assert_true(!e.offered || e.kvm);
	print_message("%s\n", e.offered ? e.cpu : e.why);
}

static void
flags_that_qemu_has_on_are_listed(void **state)
{
	char flags[ENLIGHTENMENTS_TEXT];
	json_t *question = enlightenments_question(), *value;

	(void)state;
	value = json_pack("{s:{s:s,s:{s:b,s:b,s:b,s:i}}}", "model", "name",
	    "max", "props", "hv-time", 1, "hv-relaxed", 1, "hv-synic", 0,
	    "hv-spinlocks", 8191);
	enlightenments_answer(value, flags);
	assert_string_equal(flags, "hv-relaxed,hv-time");
	json_decref(value);
	enlightenments_answer(question, flags);
	assert_string_equal(flags, "");
	enlightenments_answer(NULL, flags);
	assert_string_equal(flags, "");
	json_decref(question);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_kvm_offers_all),
		cmocka_unit_test(what_is_not_needed_may_be_missing),
		cmocka_unit_test(what_is_needed_takes_what_needs_it_along),
		cmocka_unit_test(a_kvm_without_hyperv_runs_guests_that_see_kvm),
		cmocka_unit_test(without_a_kvm_that_runs_guests_there_is_none),
		cmocka_unit_test(this_host_can_be_asked),
		cmocka_unit_test(flags_that_qemu_has_on_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
