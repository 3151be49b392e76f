// SPDX-License-Identifier: GPL-2.0-or-later
/* Every key of the layout, as the program knows them: "[[region]] name", a line each. */
#include "layout.h"

int main(void)
{
	const char *title = NULL, *key;

	for (size_t i = 0; (key = layout_key(i, &title)); i++)
		printf("%s %s\n", title, key);
	return 0;
}
