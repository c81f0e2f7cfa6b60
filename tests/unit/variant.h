/* SPDX-License-Identifier: BSD-2-Clause */
/* variant - of the build under test, as tests/run.sh says it in $V. */
#ifndef TESTS_UNIT_VARIANT_H
#define TESTS_UNIT_VARIANT_H

/* How often to do what takes five to ten times as long under a sanitizer. */
unsigned variant_times(unsigned plain, unsigned sanitized);

#endif
