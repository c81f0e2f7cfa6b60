/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/guest/guest_parts.h"

const char *
guest_strerror(int error)
{
	static const struct {
		int error;
		const char *text;
	} texts[] = {
		{ SIM_EPERM, "Operation not permitted" },
		{ SIM_ENOENT, "No such file or directory" },
		{ 3, "No such process" },
		{ 4, "Interrupted system call" },
		{ 5, "Input/output error" },
		{ SIM_ENXIO, "Device not configured" },
		{ 9, "Bad file descriptor" },
		{ 12, "Cannot allocate memory" },
		{ 13, "Permission denied" },
		{ 14, "Bad address" },
		{ SIM_EBUSY, "Device busy" },
		{ SIM_EEXIST, "File exists" },
		{ 19, "Operation not supported by device" },
		{ SIM_EINVAL, "Invalid argument" },
		{ 23, "Too many open files in system" },
		{ 24, "Too many open files" },
		{ 25, "Inappropriate ioctl for device" },
		{ SIM_ENOSPC, "No space left on device" },
		{ 35, "Resource temporarily unavailable" },
		{ 36, "Operation now in progress" },
		{ SIM_EPROTONOSUPPORT, "Protocol not supported" },
		{ SIM_EOPNOTSUPP, "Operation not supported" },
		{ 47, "Address family not supported by protocol family" },
		{ 48, "Address already in use" },
		{ SIM_EADDRNOTAVAIL, "Can't assign requested address" },
		{ SIM_ENETDOWN, "Network is down" },
		{ SIM_ENETUNREACH, "Network is unreachable" },
		{ 55, "No buffer space available" },
		{ 60, "Operation timed out" },
		{ 64, "Host is down" },
		{ SIM_EHOSTUNREACH, "No route to host" },
		{ 67, "Too many processes" },
		{ 85, "Operation canceled" },
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].error == error)
			return texts[i].text;
	return "Unknown error";
}
