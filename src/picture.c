// SPDX-License-Identifier: GPL-2.0-or-later
#include "picture.h"

#include <string.h>

#include "mem.h"

/* Longer lines are no easier to read. */
#define CELLS_MAX 76
#define CELLS_MIN 16
/* Cells are shared out in pages, so that bytes times cells cannot wrap. */
#define PAGE 4096
/* A loss as large as this is always to be seen. */
#define LOSS_SEEN GIB

#define SIGN_OVERHEAD ':'
#define SIGN_LOST     '/'
#define SIGN_FREE     '.'
#define SIGN_LABELS   '#'

struct segment {
	uint64_t bytes;
	char sign;
	enum ink ink;
	bool always; /* has a cell, however small it is */
	size_t cells;
	uint64_t remainder;
};

struct segments {
	struct segment *items;
	size_t n;
	size_t n_always;
	uint64_t bytes;
};

char picture_sign(size_t i, bool foreign)
{
	return (char)((foreign ? 'A' : 'a') + (char)(i % 26));
}

static uint64_t at_most(uint64_t n, uint64_t most)
{
	return n < most ? n : most;
}

struct anatomy anatomy_of(const struct shape *shape, uint64_t raw, const struct parts *parts)
{
	uint64_t offset = at_most(parts->data, raw);
	/* Info block and as much before it, then the map (see capacity.c). */
	uint64_t head = at_most(align_up(2 * PAGE_BYTES + parts->map, PLACE_ALIGN), offset);
	struct anatomy a = {.data = raw};

	if (!parts->capacity)
		return a;
	a.head = head;
	a.lost_head = offset - head;
	a.data = at_most(parts->capacity, raw - offset);
	a.lost_tail = at_most(parts->trimmed, raw - offset - a.data);
	a.tail = raw - offset - a.data - a.lost_tail;
	if (shape->align <= PLACE_ALIGN) {
		a.head = offset;
		a.lost_head = 0;
	}
	return a;
}

uint64_t anatomy_lost(const struct anatomy *a)
{
	return a->lost_head + a->lost_tail;
}

static void add_segment(struct segments *list, uint64_t bytes, char sign, enum ink ink, bool always)
{
	struct segment *last = list->n ? &list->items[list->n - 1] : NULL;

	if (!bytes)
		return;
	list->bytes += bytes;
	if (last && !always && !last->always && last->sign == sign) {
		last->bytes += bytes;
		return;
	}
	list->n_always += always;
	*MEM_APPEND(list->items, list->n) =
		(struct segment){.bytes = bytes, .sign = sign, .ink = ink, .always = always};
}

static void add_lost(struct segments *list, uint64_t bytes)
{
	add_segment(list, bytes, SIGN_LOST, INK_YELLOW, bytes >= LOSS_SEEN);
}

static void add_namespace(struct segments *list, const struct picture_namespace *ns)
{
	const struct anatomy *a = &ns->anatomy;

	add_segment(list, a->head, SIGN_OVERHEAD, INK_DIM, false);
	add_lost(list, a->lost_head);
	add_segment(list, a->data, ns->sign, ns->ink, true);
	add_lost(list, a->lost_tail);
	add_segment(list, a->tail, SIGN_OVERHEAD, INK_DIM, false);
}

static bool is_drawn(struct range usable, uint64_t at, const struct picture_namespace *ns)
{
	return ns->where.start >= at && ns->where.size && range_within(ns->where, usable);
}

static struct segments segments_make(struct range whole, uint64_t usable_bytes,
				     const struct picture_namespace *namespaces, size_t n)
{
	struct range usable = {whole.start, at_most(usable_bytes, whole.size)};
	struct segments list = {0};
	uint64_t at = whole.start;

	for (size_t i = 0; i < n; i++) {
		const struct picture_namespace *ns = &namespaces[i];

		if (!is_drawn(usable, at, ns))
			continue;
		add_segment(&list, ns->where.start - at, SIGN_FREE, INK_DIM, false);
		add_namespace(&list, ns);
		at = range_end(ns->where);
	}
	add_segment(&list, range_end(usable) - at, SIGN_FREE, INK_DIM, false);
	add_segment(&list, range_end(whole) - range_end(usable), SIGN_LABELS, INK_CYAN, true);
	return list;
}

/* The largest remainder first, of equals that which comes first. */
static int compare_remainders(const void *a, const void *b)
{
	const struct segment *x = *(struct segment *const *)a, *y = *(struct segment *const *)b;

	if (x->remainder != y->remainder)
		return x->remainder > y->remainder ? -1 : 1;
	return (x > y) - (x < y);
}

/* One cell each to the @n with the largest remainders. */
static void share_remainders(struct segments *list, size_t n)
{
	_cleanup_(freep) struct segment **order = mem_calloc(list->n, sizeof(*order));

	for (size_t i = 0; i < list->n; i++)
		order[i] = &list->items[i];
	qsort(order, list->n, sizeof(struct segment *), compare_remainders);
	for (size_t i = 0; i < n && i < list->n; i++)
		order[i]->cells++;
}

/* One cell to each that must have one, the others by the largest remainders of what each has to
 * get beyond that. */
static void share_cells(struct segments *list, size_t cells)
{
	size_t left = cells > list->n_always ? cells - list->n_always : 0;
	uint64_t wanted = 0;
	size_t given = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct segment *s = &list->items[i];
		uint64_t share = s->bytes / PAGE * cells, own = list->bytes / PAGE;

		s->cells = s->always;
		s->remainder = s->always ? share - at_most(share, own) : share;
		wanted += s->remainder;
	}
	for (size_t i = 0; i < list->n && wanted; i++) {
		struct segment *s = &list->items[i];
		unsigned __int128 share = (unsigned __int128)s->remainder * left;
		size_t more = (size_t)(share / wanted);

		s->cells += more;
		given += more;
		s->remainder = (uint64_t)(share % wanted);
	}
	if (wanted)
		share_remainders(list, left - given);
}

struct picture_sums picture_sum(struct range whole, uint64_t usable,
				const struct picture_namespace *namespaces, size_t n)
{
	struct segments list = segments_make(whole, usable, namespaces, n);
	struct picture_sums sums = {0};

	for (size_t i = 0; i < list.n; i++) {
		const struct segment *s = &list.items[i];

		switch (s->sign) {
		case SIGN_OVERHEAD:
			sums.overhead += s->bytes;
			break;
		case SIGN_LOST:
			sums.lost += s->bytes;
			break;
		case SIGN_FREE:
			sums.free += s->bytes;
			if (s->bytes > sums.free_largest)
				sums.free_largest = s->bytes;
			break;
		case SIGN_LABELS:
			sums.labels += s->bytes;
			break;
		default:
			sums.data += s->bytes;
		}
	}
	free(list.items);
	return sums;
}

static size_t line_cells(const struct paper *paper, size_t indent)
{
	size_t around = indent + strlen("[]");
	size_t cells = paper->columns > around ? paper->columns - around : 0;

	return cells < CELLS_MIN ? CELLS_MIN : (size_t)at_most(cells, CELLS_MAX);
}

static void add_cells(struct text *out, const struct paper *paper, size_t indent, size_t per_line,
		      const struct segments *list)
{
	size_t column = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct segment *s = &list->items[i];

		for (size_t left = s->cells; left;) {
			_cleanup_(text_release) struct text run = {0};
			size_t here = (size_t)at_most(left, per_line - column);

			if (!column) {
				text_add_repeated(out, " ", indent);
				text_add_char(out, '[');
			}
			text_add_repeated(&run, (char[]){s->sign, '\0'}, here);
			ink_add(out, paper, s->ink, text_str(&run));
			left -= here;
			column = (column + here) % per_line;
			if (!column)
				text_add(out, "]\n");
		}
	}
}

/* "a", "a b", "a-d", "A a-c": letters as they occur, once each. */
static void add_letters(struct text *out, const struct picture_namespace *namespaces, size_t n)
{
	bool used[128] = {false};
	const char *gap = "";

	for (size_t i = 0; i < n; i++)
		used[namespaces[i].sign & 127] = true;
	for (int c = 'A'; c <= 'z'; c++) {
		int last = c;

		if (!used[c])
			continue;
		while (last < 'z' && used[last + 1])
			last++;
		text_addf(out, last > c ? "%s%c-%c" : "%s%c", gap, c, last);
		c = last;
		gap = " ";
	}
}

/* A legend while it is being written; entries are never broken. */
struct legend {
	struct text *out;
	const struct paper *paper;
	size_t indent;
	size_t at; /* column; 0: nothing is written yet */
};

static void add_entry(struct legend *l, const char *format, ...) _printf_(2, 3);
static void add_entry(struct legend *l, const char *format, ...)
{
	_cleanup_(text_release) struct text entry = {0};
	va_list args;

	va_start(args, format);
	text_vaddf(&entry, format, args);
	va_end(args);
	if (l->at && l->at + strlen(", ,") + entry.len <= l->paper->columns) {
		text_add(l->out, ", ");
		l->at += strlen(", ");
	} else {
		text_add(l->out, l->at ? ",\n" : "");
		text_add_repeated(l->out, " ", l->indent);
		l->at = l->indent;
	}
	text_add(l->out, text_str(&entry));
	l->at += entry.len;
}

static void add_legend(struct text *out, const struct paper *paper, size_t indent,
		       const struct picture_sums *sums, const struct picture_namespace *namespaces,
		       size_t n)
{
	struct legend legend = {out, paper, indent, 0};
	_cleanup_(text_release) struct text letters = {0};

	add_letters(&letters, namespaces, n);
	if (sums->data)
		add_entry(&legend, "%s data %s", text_str(&letters), SIZE_HUMAN(sums->data));
	if (sums->overhead)
		add_entry(&legend, "%c map and padding %s", SIGN_OVERHEAD,
			  SIZE_HUMAN(sums->overhead));
	if (sums->lost)
		add_entry(&legend, "%c lost to alignment %s", SIGN_LOST, SIZE_HUMAN(sums->lost));
	if (sums->free && sums->free_largest < sums->free)
		add_entry(&legend, "%c free %s (%s in one piece)", SIGN_FREE,
			  SIZE_HUMAN(sums->free), SIZE_HUMAN(sums->free_largest));
	else if (sums->free)
		add_entry(&legend, "%c free %s", SIGN_FREE, SIZE_HUMAN(sums->free));
	if (sums->labels)
		add_entry(&legend, "%c labels %s", SIGN_LABELS, SIZE_HUMAN(sums->labels));
	text_add_char(out, '\n');
}

void picture_add(struct text *out, const struct paper *paper, size_t indent, struct range whole,
		 uint64_t usable, const struct picture_namespace *namespaces, size_t n)
{
	struct segments list = segments_make(whole, usable, namespaces, n);
	struct picture_sums sums = picture_sum(whole, usable, namespaces, n);
	size_t per_line = line_cells(paper, indent);
	/* More lines for more namespaces: two cells each let their sizes be told apart. */
	size_t lines = (2 * list.n_always + per_line - 1) / per_line;

	if (list.n) {
		share_cells(&list, (lines ? lines : 1) * per_line);
		add_cells(out, paper, indent, per_line, &list);
		add_legend(out, paper, indent, &sums, namespaces, n);
	}
	free(list.items);
}
