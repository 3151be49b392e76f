// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge.h"

#include <string.h>

#include "match.h"
#include "mem.h"
#include "text.h"

static char *reason_of(struct text *differences)
{
	return differences->len ? text_take(differences) : NULL;
}

static bool is_scaffold(const struct found_namespace *ns)
{
	return !strncmp(ns->name, SCAFFOLD_PREFIX, strlen(SCAFFOLD_PREFIX));
}

/* Another one of the same name: nobody can tell which is meant. */
static bool has_twin(const struct found_region *region, const struct found_namespace *ns)
{
	for (size_t i = 0; i < region->n_namespaces; i++)
		if (&region->namespaces[i] != ns && *ns->name &&
		    !strcmp(region->namespaces[i].name, ns->name))
			return true;
	return false;
}

/* What claimed namespaces of @region other than @ns take. */
static uint64_t taken_by_others(const struct found_region *region, const struct found_namespace *ns)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < region->n_namespaces; i++)
		if (region->namespaces[i].claimed && &region->namespaces[i] != ns)
			sum += region->namespaces[i].raw;
	return sum;
}

static void judge_region_itself(struct judged_region *r)
{
	const struct layout_region *declared = r->declared;
	const struct found_region *found = r->found;
	struct text differences = {0};

	if (!found) {
		r->verdict = VERDICT_ABSENT;
		if (declared->has_address)
			differ(&differences, "there is none at 0x%llx",
			       (unsigned long long)declared->address);
		r->reason = reason_of(&differences);
		return;
	}
	if (!found->enabled)
		differ(&differences, "it is not up");
	if (declared->has_address && declared->address != found->start)
		differ(&differences, "its address is 0x%llx, not 0x%llx",
		       (unsigned long long)found->start, (unsigned long long)declared->address);
	if (declared->node >= 0 && declared->node != found->node)
		differ(&differences, "its node is %d, not %d", found->node, declared->node);
	if (declared->size.kind == SIZE_BYTES && found->usable < declared->size.bytes)
		differ(&differences, "it has %s for namespaces, not %s", SIZE_EXACT(found->usable),
		       SIZE_EXACT(declared->size.bytes));
	r->verdict = differences.len ? VERDICT_DIFFERENT : VERDICT_EQUAL;
	r->reason = reason_of(&differences);
}

/* A namespace of the layout, found in @in. */
static void judge_namespace(struct judged_region *r, struct judged_namespace *n,
			    const struct found_region *in)
{
	struct text differences = {0};

	if (!n->found) {
		n->verdict = VERDICT_ABSENT;
		return;
	}
	if (in != r->found)
		differ(&differences, "it is in another region, %s", in->kernel_name);
	if (has_twin(in, n->found))
		differ(&differences, "there are several of that name");
	compare_found(n->declared, n->found, r->declared, in, taken_by_others(in, n->found),
		      &differences);
	n->verdict = differences.len ? VERDICT_DIFFERENT : VERDICT_EQUAL;
	n->reason = reason_of(&differences);
}

/* All are claimed before one is judged: "rest" is what the others leave. */
static void judge_declared(struct judged_region *r, struct found *found, struct found_region *match)
{
	size_t n = r->declared->n_namespaces;
	_cleanup_(freep) struct found_region **in =
		mem_calloc(n + 1, sizeof(struct found_region *));

	for (size_t i = 0; i < n; i++) {
		struct judged_namespace *ns = MEM_APPEND(r->namespaces, r->n_namespaces);

		ns->declared = &r->declared->namespaces[i];
		ns->found = match_namespace(ns->declared, found, match, &in[i]);
	}
	for (size_t i = 0; i < n; i++)
		judge_namespace(r, &r->namespaces[i], in[i]);
}

/* What no namespace of the layout is. In a foreign region it is the other's affair. */
static void judge_others(struct judged_region *r)
{
	bool foreign = r->declared && r->declared->foreign;

	for (size_t i = 0; r->found && i < r->found->n_namespaces; i++) {
		const struct found_namespace *found = &r->found->namespaces[i];
		struct judged_namespace *n;

		if (found->claimed)
			continue;
		n = MEM_APPEND(r->namespaces, r->n_namespaces);
		n->found = found;
		n->verdict = VERDICT_UNDECLARED;
		if (!is_scaffold(found) || foreign)
			continue;
		n->verdict = VERDICT_DIFFERENT;
		n->reason = mem_strdup("it was never finished");
	}
}

static void count(struct judgement *j, const struct judged_region *r)
{
	if (r->declared && r->declared->required && r->verdict != VERDICT_EQUAL)
		j->required_differs = true;
	for (size_t i = 0; i < r->n_namespaces; i++) {
		const struct judged_namespace *n = &r->namespaces[i];

		j->n_declared += n->declared != NULL;
		j->n_equal += n->verdict == VERDICT_EQUAL;
		j->n_different += n->verdict == VERDICT_DIFFERENT;
		j->n_absent += n->verdict == VERDICT_ABSENT;
		j->n_undeclared += n->verdict == VERDICT_UNDECLARED;
		if (n->declared && n->declared->required && n->verdict != VERDICT_EQUAL)
			j->required_differs = true;
	}
}

size_t judgement_present(const struct judgement *j)
{
	return j->n_declared - j->n_absent;
}

static enum verify_status status_of(const struct judgement *j, const struct found *found)
{
	bool differs = j->n_different || j->n_absent;

	for (size_t i = 0; i < j->n_regions; i++)
		differs |= j->regions[i].verdict == VERDICT_DIFFERENT ||
			   j->regions[i].verdict == VERDICT_ABSENT;
	if (!differs)
		return VERIFY_EQUAL;
	if (!found->n_regions || (j->n_declared && !judgement_present(j)))
		return VERIFY_NOTHING;
	return VERIFY_DIFFERENT;
}

void judge(struct judgement *j, const struct layout *layout, struct found *found)
{
	_cleanup_(freep) struct found_region **of = match_regions(layout, found);

	*j = (struct judgement){.layout = layout};
	for (size_t i = 0; i < layout->n_regions; i++) {
		struct judged_region *r = MEM_APPEND(j->regions, j->n_regions);

		r->declared = &layout->regions[i];
		r->name = r->declared->name;
		r->found = of[i];
		judge_region_itself(r);
		judge_declared(r, found, of[i]);
	}
	for (size_t i = 0; i < found->n_regions; i++) {
		struct judged_region *r;

		if (found->regions[i].claimed)
			continue;
		r = MEM_APPEND(j->regions, j->n_regions);
		r->found = &found->regions[i];
		r->name = r->found->kernel_name;
		r->verdict = VERDICT_UNDECLARED;
	}
	for (size_t i = 0; i < j->n_regions; i++) {
		judge_others(&j->regions[i]);
		count(j, &j->regions[i]);
	}
	j->status = status_of(j, found);
}

void judgement_release(struct judgement *j)
{
	for (size_t i = 0; i < j->n_regions; i++) {
		struct judged_region *r = &j->regions[i];

		for (size_t n = 0; n < r->n_namespaces; n++)
			free(r->namespaces[n].reason);
		free(r->namespaces);
		free(r->reason);
	}
	free(j->regions);
	*j = (struct judgement){0};
}

const char *verdict_word(enum verdict verdict)
{
	static const char *const words[] = {
		[VERDICT_EQUAL] = "equal",
		[VERDICT_DIFFERENT] = "different",
		[VERDICT_ABSENT] = "absent",
		[VERDICT_UNDECLARED] = "undeclared",
	};

	return words[verdict];
}
