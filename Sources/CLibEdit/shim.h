// The part of libedit that the shim builds on.
#include <stdio.h>
#include <histedit.h>
