// zlib as the system has it; Runtime/IO/Inflate.swift is the only importer.
#include <zlib.h>
