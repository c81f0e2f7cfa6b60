/* SPDX-License-Identifier: BSD-2-Clause */
/* The least that reading a capture costs: libpcap's loop and nothing else. */
#include <pcap/pcap.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	char text[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const u_char *data;
	unsigned long sum = 0;
	pcap_t *p;

	if (argc != 2)
		return 2;
	p = pcap_open_offline_with_tstamp_precision(argv[1],
	    PCAP_TSTAMP_PRECISION_NANO, text);
	if (p == NULL) {
		fprintf(stderr, "%s\n", text);
		return 3;
	}
	while (pcap_next_ex(p, &h, &data) == 1)
		sum += h->caplen + data[0];
	printf("%lu\n", sum);
	pcap_close(p);
	return 0;
}
