/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/confine.h"

#include <sys/types.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void
confine_prepare(enum confine_way way)
{
	time_t zero = 0;
	struct tm tm;

	/* FreeBSD has one file for each of them. */
	tzset();
	(void)gmtime_r(&zero, &tm);
	confine_arm(way);
}

static int
become(const struct passwd *user, struct err *err)
{
	if (initgroups(user->pw_name, user->pw_gid) < 0 ||
	    setgid(user->pw_gid) < 0 || setuid(user->pw_uid) < 0)
		return err_sys(err, errno, "user %s", user->pw_name);
	/* It must not come back. */
	if (user->pw_uid != 0 && (setuid(0) == 0 || geteuid() == 0))
		return err_set(err, ERR_IO, "user %s: root was kept",
		    user->pw_name);
	return 0;
}

int
confine_user(const char *name, struct err *err)
{
	const struct passwd *user;

	if (geteuid() != 0)
		return err_set(err, ERR_STATE,
		    "only root can take the rights of another user");
	user = getpwnam(name != NULL ? name : CONFINE_USER);
	if (user == NULL && name == NULL)
		user = getpwnam("nobody");
	if (user == NULL)
		return err_set(err, ERR_NOTFOUND, "there is no user %s",
		    name != NULL ? name : CONFINE_USER " and none nobody");
	return become(user, err);
}
