/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_qemu - a program in QEMU's place, which does on its control socket what
 * a real one does only now and then. A test is that program itself: main()
 * calls fake_qemu() first, and tests give its own path as the binary.
 *
 * What it does is named by the model of the processor:
 *
 *	garbage		says what is no QMP, and stays
 *
 *	mute		says nothing, and stays
 *
 *	forgetful	loses the first device_del, refuses the second, and
 *			gives the device back after the third
 *
 *	unwilling	the guest refuses device_del
 *
 *	early		"completed" three times before it has the numbers
 *
 *	broken		a migration fails, with its reason
 *
 *	refusing	refuses to migrate, and ends when it is told closefd
 */
#ifndef TESTS_UNIT_FAKE_QEMU_H
#define TESTS_UNIT_FAKE_QEMU_H

/* Returns when the arguments are not those of a QEMU. */
void fake_qemu(int argc, char **argv);

#endif
