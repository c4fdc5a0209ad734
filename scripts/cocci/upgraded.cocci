// SPDX-License-Identifier: GPL-2.0
/// An upgrade gives a strong reference or NULL. Who got one puts it, hands it on or
/// returns it, on every path to a return.

virtual report

@assigned exists@
identifier upgrade =~ "_upgrade$";
identifier other;
local idexpression x;
expression E;
statement S;
position p, q;
@@

x@p = upgrade(...);
... when != other(..., x, ...)
    when != E = x
(
if (!x) S
|
if (x == NULL) S
)
... when != other(..., x, ...)
    when != E = x
    when != x = E
(
return x;
|
return other(..., x, ...);
|
return@q ...;
)

@script:python depends on report@
p << assigned.p;
q << assigned.q;
@@

coccilib.report.print_report(q[0], "the reference upgraded on line %s is not put" % p[0].line)

@declared exists@
identifier upgrade =~ "_upgrade$";
identifier other, x;
type T;
expression E;
statement S;
position p, q;
@@

T x@p = upgrade(...);
... when != other(..., x, ...)
    when != E = x
(
if (!x) S
|
if (x == NULL) S
)
... when != other(..., x, ...)
    when != E = x
    when != x = E
(
return x;
|
return other(..., x, ...);
|
return@q ...;
)

@script:python depends on report@
p << declared.p;
q << declared.q;
@@

coccilib.report.print_report(q[0], "the reference upgraded on line %s is not put" % p[0].line)
