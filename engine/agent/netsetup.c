/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/netsetup.h"

#include <string.h>

#include "base/ipaddr.h"

#define AWAIT                                                                  \
	"n=0; until %s %s >/dev/null 2>&1; do n=$((n + 1)); "                  \
	"[ $n -le 500 ] || { echo %s does not come; exit 1; }; "               \
	"sleep 0.02; done"

/* Nothing that a shell would read otherwise gets past here. */
static int
check_name(const char *name, struct err *err)
{
	const char *c;

	for (c = name; *c != '\0'; c++)
		if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') &&
		    !(*c >= '0' && *c <= '9') && strchr("._", *c) == NULL)
			break;
	if (name[0] == '\0' || name[0] == '.' || *c != '\0')
		return err_set(err, ERR_INPUT,
		    "if=%s: an interface's name has letters and digits", name);
	return 0;
}

static void
add_address(enum netsetup_with with, const char *name, const struct ipaddr *a,
    struct strbuf *out)
{
	char text[IPADDR_TEXT];

	ipaddr_format(a, true, text);
	if (with == NETSETUP_IP)
		strbuf_addf(out, "ip addr add %s dev %s || exit 1\n", text,
		    name);
	else
		strbuf_addf(out, "ifconfig %s inet%s %s alias || exit 1\n",
		    name, a->family == 6 ? "6" : "", text);
}

static void
add_gateway(enum netsetup_with with, const char *name, const struct ipaddr *a,
    struct strbuf *out)
{
	const char *family = a->family == 6 ? "-6" : "-4";
	char text[IPADDR_TEXT];

	ipaddr_format(a, false, text);
	if (with == NETSETUP_IP)
		strbuf_addf(out,
		    "ip %s route replace default via %s dev %s || exit 1\n",
		    family, text, name);
	else
		/* As "replace": with another gateway there would be two. */
		strbuf_addf(out,
		    "route %s delete default >/dev/null 2>&1; "
		    "route %s add default %s || exit 1\n",
		    family, family, text);
}

/* The addresses of a list, each given to add(). */
static int
each_address(const char *list, const char *what, enum netsetup_with with,
    const char *name,
    void (*add)(enum netsetup_with with, const char *name,
	const struct ipaddr *a, struct strbuf *out),
    struct strbuf *out, struct err *err)
{
	struct ipaddr addr;
	char one[IPADDR_TEXT];
	size_t n;

	for (list += strspn(list, " "); *list != '\0';
	     list += strspn(list, " ")) {
		n = strcspn(list, " ");
		if (n < sizeof(one)) {
			memcpy(one, list, n);
			one[n] = '\0';
		}
		if (n >= sizeof(one) || !ipaddr_parse(one, &addr))
			return err_set(err, ERR_INPUT,
			    "%s=: %.*s is no address", what, (int)n, list);
		add(with, name, &addr, out);
		list += n;
	}
	return 0;
}

int
netsetup_text(enum netsetup_with with, const struct labwire *m,
    struct strbuf *out, struct err *err)
{
	const char *name = m->if_name;
	int rc;

	if ((rc = check_name(name, err)) < 0)
		return rc;
	strbuf_addf(out, AWAIT "\n",
	    with == NETSETUP_IP ? "ip link show" : "ifconfig", name, name);
	if ((rc = each_address(m->address, "address", with, name, add_address,
		 out, err)) < 0)
		return rc;
	if (with == NETSETUP_IP)
		strbuf_addf(out, "ip link set %s up || exit 1\n", name);
	else
		strbuf_addf(out, "ifconfig %s up || exit 1\n", name);
	return each_address(m->gateway, "gateway", with, name, add_gateway, out,
	    err);
}
