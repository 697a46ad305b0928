// SPDX-License-Identifier: GPL-2.0
/*
 * A new function that calls a helper in its own section, prints a string, reads a table and jumps by a switch. MOVED puts other
 * code, strings and data in front of everything; CHANGED changes the helper, CHANGED_TABLE the table and nothing else.
 */
#define NAME "calls"
#include "shape.h"
int print(const char *text, int number);
#ifdef MOVED
static int counter = 7;
__attribute__((noinline)) int stranger(int number) { counter += number; return print("a string in front", number) + print("and another", counter); }
#endif
__attribute__((noinline)) static int helper(int number)
{
#ifdef CHANGED
	return print("helped twice", number * 3) + print("again", number);
#else
	return print("helped", number * 2);
#endif
}
#ifdef CHANGED_TABLE
static const int table[] = { 1, 2, 3, 5 };
#else
static const int table[] = { 1, 2, 3, 4 };
#endif
static int count;
static int fixed(int number)
{
	count += helper(number) + table[number & 3];
	if (count > 100)
		return helper(count) + print("too many", count);
	return print("fixed", count);
}
static int untouched(int number) { return print("untouched", number) + number; }
static struct klp_func funcs[] = { { "broken", fixed }, { "other", untouched }, { } };
static struct klp_object objects[] = { { 0, funcs }, { } };
static struct klp_patch patch = { &__this_module, objects, 0, 1 };
INIT int init_module(void) { return klp_enable_patch(&patch); }
