#include "app/api/account/style.hpp"

namespace ff::api::account {

std::string_view stylesheet() noexcept {
  return R"css(:root{color-scheme:light dark;--ground:#f4f6f8;--card:#fff;--ink:#16202b;--soft:#556270;--line:#d5dce3;
--accent:#0b5cad;--accent-ink:#fff;--bad:#a3231b;--bad-ground:#fdecea;--good:#1c6b3a;--good-ground:#e8f5ec}
@media (prefers-color-scheme:dark){:root{--ground:#10151b;--card:#19212a;--ink:#e8edf2;--soft:#a3b0bd;--line:#33404d;
--accent:#6db3f2;--accent-ink:#0c1620;--bad:#ff9c93;--bad-ground:#3a1b19;--good:#86d6a3;--good-ground:#17301f}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Ubuntu,sans-serif}
a{color:var(--accent)}
.skip{position:absolute;left:-10000px}.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
header{background:var(--card);border-bottom:1px solid var(--line)}
header .in,main,footer{max-width:60rem;margin:0 auto;padding:0 1.25rem}
header .in{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.5rem;min-height:3.5rem}
.brand{font-weight:650;color:var(--ink);text-decoration:none;margin-right:auto}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:0;padding:.25rem 0}
nav a{color:var(--soft);text-decoration:none;padding:.35rem 0;display:inline-block}
nav a:hover,nav a[aria-current]{color:var(--ink)}nav a[aria-current]{border-bottom:2px solid var(--accent)}
main{padding-top:2rem;padding-bottom:3rem}
main.narrow{max-width:28rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1.5rem;margin-bottom:1.5rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}h2{font-size:1.1rem;margin:0 0 .75rem}
p{margin:0 0 1rem}.soft{color:var(--soft)}.small{font-size:.875rem}
form.stack>div{margin-bottom:1rem}
label{display:block;font-weight:600;margin-bottom:.25rem}
.hint{color:var(--soft);font-size:.875rem;margin:.25rem 0 0}
input[type=text],input[type=email],input[type=password]{width:100%;font:inherit;color:inherit;background:var(--ground);
border:1px solid var(--soft);border-radius:.4rem;padding:.6rem .7rem}
.check{display:flex;gap:.6rem;align-items:flex-start}.check label{font-weight:400;margin:0}.check input{margin-top:.3rem}
button,.button{font:inherit;font-weight:600;border:1px solid var(--accent);border-radius:.4rem;padding:.6rem 1.1rem;
background:var(--accent);color:var(--accent-ink);cursor:pointer;text-decoration:none;display:inline-block}
button.plain,.button.plain{background:transparent;color:var(--accent)}
button.danger{background:transparent;border-color:var(--bad);color:var(--bad)}
button.link{border:0;background:none;color:var(--soft);padding:.35rem 0;font-weight:400}
.wide button,.wide .button{width:100%;text-align:center}
.row{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center}
.note{border-radius:.4rem;padding:.75rem 1rem;margin-bottom:1rem}
.note.bad{background:var(--bad-ground);color:var(--bad)}.note.good{background:var(--good-ground);color:var(--good)}
table{width:100%;border-collapse:collapse}th{text-align:left;font-size:.8rem;color:var(--soft);font-weight:600}
th,td{padding:.6rem .75rem .6rem 0;border-bottom:1px solid var(--line);vertical-align:middle}
td form{margin:0}td:last-child{text-align:right;padding-right:0}
code,.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.code{display:block;background:var(--ground);border:1px solid var(--line);border-radius:.4rem;padding:1rem;user-select:all}
ul.rights{margin:0 0 1rem;padding-left:1.2rem}dl{margin:0}dt{color:var(--soft);font-size:.875rem}dd{margin:0 0 .75rem;overflow-wrap:anywhere}
footer{color:var(--soft);font-size:.875rem;padding-bottom:2rem}
@media (max-width:40rem){main{padding-top:1.25rem}.card{padding:1.1rem}thead{position:absolute;left:-10000px}
tr{display:block;border-bottom:1px solid var(--line);padding:.6rem 0}td{display:block;border:0;padding:.15rem 0}
td:last-child{text-align:left;padding-top:.5rem}td[data-label]::before{content:attr(data-label) ": ";color:var(--soft)}}
)css";
}

}  // namespace ff::api::account
