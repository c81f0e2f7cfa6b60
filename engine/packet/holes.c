/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/holes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BLOCK_FIRST 16
#define BLOCK_MOST  256

void
holes_fini(struct holes *h)
{
	size_t i;

	for (i = 0; i < h->n_blocks; i++)
		free(h->blocks[i].list);
	free(h->blocks);
	memset(h, 0, sizeof(*h));
}

static void
add_block(struct holes *h, size_t at, size_t cap)
{
	size_t unused = 0;

	MEM_PUSH(h->blocks, h->n_blocks, h->cap_blocks);
	memmove(h->blocks + at + 1, h->blocks + at,
	    (h->n_blocks - at - 1) * sizeof(*h->blocks));
	h->blocks[at].n = 0;
	h->blocks[at].cap = cap;
	h->blocks[at].list =
	    mem_grow(NULL, &unused, cap, sizeof(*h->blocks[at].list));
	h->cap += cap;
}

void
holes_copy(struct holes *to, const struct holes *from)
{
	struct hole_block *b;
	size_t i;

	memset(to, 0, sizeof(*to));
	to->n = from->n;
	for (i = 0; i < from->n_blocks; i++) {
		add_block(to, i, from->blocks[i].cap);
		b = &to->blocks[i];
		b->n = from->blocks[i].n;
		memcpy(b->list, from->blocks[i].list, b->n * sizeof(*b->list));
	}
}

struct hole *
holes_get(const struct holes *h, struct hole_place *p)
{
	if (p->block < h->n_blocks && p->at == h->blocks[p->block].n) {
		p->block++;
		p->at = 0;
	}
	return p->block < h->n_blocks ? &h->blocks[p->block].list[p->at] : NULL;
}

static size_t
first_behind(const struct hole *list, size_t count, uint64_t number)
{
	size_t low = 0, high = count, middle;

	/* It is nearly always among the newest. */
	if (high > 4 && list[high - 4].end <= number)
		low = high - 3;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (list[middle].end <= number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct hole_place
holes_find(const struct holes *h, uint64_t number)
{
	struct hole_place p = { 0, 0 };
	size_t high = h->n_blocks, middle;
	const struct hole_block *b;

	if (high == 0)
		return p;
	/* The block whose last one ends behind number, else the last. */
	for (high--; p.block < high;) {
		middle = p.block + (high - p.block) / 2;
		b = &h->blocks[middle];
		if (b->list[b->n - 1].end <= number)
			p.block = middle + 1;
		else
			high = middle;
	}
	b = &h->blocks[p.block];
	p.at = first_behind(b->list, b->n, number);
	return p;
}

static void
grow_block(struct holes *h, struct hole_block *b)
{
	size_t before = b->cap;

	b->list = mem_grow(b->list, &b->cap, before * 2, sizeof(*b->list));
	h->cap += b->cap - before;
}

/* What is behind p goes into a block of its own; behind the last there will be
 * more, so that one is left full. */
static void
split(struct holes *h, struct hole_place *p)
{
	struct hole_block *b, *next;
	size_t keep = BLOCK_MOST / 2;

	if (p->block == h->n_blocks - 1 && p->at == BLOCK_MOST)
		keep = BLOCK_MOST;
	add_block(h, p->block + 1, BLOCK_MOST);
	b = &h->blocks[p->block];
	next = b + 1;
	next->n = b->n - keep;
	memcpy(next->list, b->list + keep, next->n * sizeof(*next->list));
	b->n = keep;
	if (p->at >= keep) {
		p->block++;
		p->at -= keep;
	}
}

void
holes_insert(struct holes *h, struct hole_place p, const struct hole *new)
{
	struct hole_block *b;

	if (h->n_blocks == 0) {
		add_block(h, 0, BLOCK_FIRST);
	} else if (p.block == h->n_blocks) { /* behind the last */
		p.block--;
		p.at = h->blocks[p.block].n;
	}
	b = &h->blocks[p.block];
	if (b->n == b->cap && b->cap < BLOCK_MOST) {
		grow_block(h, b);
	} else if (b->n == b->cap) {
		split(h, &p);
		b = &h->blocks[p.block];
	}
	memmove(b->list + p.at + 1, b->list + p.at,
	    (b->n - p.at) * sizeof(*b->list));
	b->list[p.at] = *new;
	b->n++;
	h->n++;
}

size_t
holes_growth(const struct holes *h, struct hole_place p)
{
	const struct hole_block *b;

	if (h->n_blocks == 0)
		return BLOCK_FIRST;
	b = &h->blocks[p.block < h->n_blocks ? p.block : h->n_blocks - 1];
	return b->n < b->cap ? 0 : b->cap; /* doubled, or one more as large */
}

static void
remove_blocks(struct holes *h, size_t at, size_t count)
{
	size_t i;

	for (i = at; i < at + count; i++) {
		h->n -= h->blocks[i].n;
		h->cap -= h->blocks[i].cap;
		free(h->blocks[i].list);
	}
	h->n_blocks -= count;
	memmove(h->blocks + at, h->blocks + at + count,
	    (h->n_blocks - at) * sizeof(*h->blocks));
}

static void
remove_from(struct holes *h, struct hole_block *b, size_t at, size_t count)
{
	b->n -= count;
	h->n -= count;
	memmove(b->list + at, b->list + at + count,
	    (b->n - at) * sizeof(*b->list));
}

void
holes_remove(struct holes *h, struct hole_place p)
{
	struct hole_block *b = &h->blocks[p.block];

	if (b->n == 1)
		remove_blocks(h, p.block, 1);
	else
		remove_from(h, b, p.at, 1);
}

void
holes_drop(struct holes *h, size_t count)
{
	size_t blocks = 0;

	while (blocks < h->n_blocks && count >= h->blocks[blocks].n)
		count -= h->blocks[blocks++].n;
	remove_blocks(h, 0, blocks);
	if (count > 0)
		remove_from(h, &h->blocks[0], 0, count);
}
