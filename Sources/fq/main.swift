// fq: arguments in, exit code out.

import Interpreter

CommandLineTool.main()
