/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/version.h"

/* In an object of the library that nobody takes who has them already. */
const char version_commit[] = "";
const char version_text[] = SWITCHBACK_VERSION;
