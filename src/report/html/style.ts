/**
 * html/style: the one style sheet of the page: a phone, a desk, the dark, and paper.
 *
 * Nothing is loaded: no font, no image, no import. The policy of the page names its digest, so no other style holds.
 * Read by document.ts.
 */
import { customProperties, DARK, LIGHT } from "./palette.ts";

const GROUND = `
:root{color-scheme:light dark;${customProperties(LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root{${customProperties(DARK)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);
 font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
header,main,footer,nav{max-width:64rem;margin:0 auto;padding:0 1rem}
h1,h2,h3,p,ul,ol,dl,dd,figure{margin:0;padding:0}
h1{font-size:1.6rem;line-height:1.25;padding-top:1.5rem}
.subject{font-weight:650;margin-bottom:.8rem}
header section{margin-bottom:1.1rem}
header h2{font-size:1rem;margin:0 0 .5rem;padding:0;border:0}
h2{font-size:1.2rem;line-height:1.3;margin:2.25rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.1rem 0 .4rem}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,main:focus-visible{outline:3px solid var(--link);outline-offset:2px}
main:focus{outline-offset:4px}
code,.name,dt,th[scope=row]{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{font-size:.9em}
.skip{position:absolute;left:-100vw;top:0;background:var(--paper);padding:.6rem 1rem;z-index:1}
.skip:focus{left:0}
.note,.small{color:var(--soft)}
.note,.small{font-size:.875rem}
footer{border-top:1px solid var(--line);margin-top:3rem;padding-top:1rem;padding-bottom:2rem;font-size:.875rem;
 color:var(--soft)}
footer p+p{margin-top:.35rem}
`;

const TOP = `
.verdict{margin:1rem 0;padding:.9rem 1.1rem;border-left:.4rem solid;border-radius:.35rem}
.verdict .line{font-weight:650;font-size:1.02rem}
.verdict .line~p{margin-top:.3rem;color:var(--ink)}
.verdict.tone-good{background:var(--goodGround)}
.verdict.tone-bad{background:var(--badGround)}
.verdict.tone-wait{background:var(--waitGround)}
.tone-good{color:var(--good)}
.tone-bad{color:var(--bad)}
.tone-wait{color:var(--wait)}
.tone-open{color:var(--soft)}
.about{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.25rem}
.about div{display:contents}
.about dt{color:var(--soft);font-family:inherit}
nav ul{display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;list-style:none;margin-top:1.25rem;font-size:.9rem}
.next{list-style:none}
.next li{padding:.6rem .9rem;background:var(--raised);border-radius:.35rem}
.next li+li{margin-top:.4rem}
.remarks{margin-top:.7rem;padding-left:1.1rem;font-size:.9rem}
.remarks li+li{margin-top:.2rem}
`;

const TABLES = `
.table{max-width:100%}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{padding:.4rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
*+th,*+td{padding-left:1.1rem}
thead th{color:var(--soft);font-weight:600;white-space:nowrap}
th[scope=row]{font-weight:400;font-size:.85rem;min-width:9rem}
.right{text-align:right;font-variant-numeric:tabular-nums}
td.none,.numbers .none{color:var(--soft)}
.lead{margin-bottom:.6rem}
@media screen and (max-width:44rem){
 h1{font-size:1.35rem}
 .about{grid-template-columns:6.2rem minmax(0,1fr);gap:.3rem .75rem;font-size:.9rem}
 table,tbody{display:block;width:100%}
 thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
 tr{display:flex;flex-wrap:wrap;gap:.1rem 1rem;padding:.55rem 0;border-bottom:1px solid var(--line)}
 td,*+td,th[scope=row]{border:0;padding:0;text-align:left;min-width:0}
 th[scope=row]{flex:1 0 100%;font-size:.9rem}
 td{display:flex;gap:.4rem}
 td::before{flex:none;content:attr(data-label);color:var(--soft)}
}
`;

const FIGURES = `
.timeline{list-style:none}
.timeline li{display:grid;grid-template-columns:1.6rem minmax(0,1fr);gap:0 .8rem;position:relative;padding-bottom:1rem}
.timeline li:not(:last-child)::before{content:"";position:absolute;left:.76rem;top:1.6rem;bottom:0;width:2px;
 background:var(--line)}
.timeline p{color:var(--ink)}
.timeline .small{color:var(--soft)}
.mark{width:1.6rem;height:1.6rem;border:2px solid;border-radius:50%;display:grid;place-items:center;font-size:.8rem;
 line-height:1;font-weight:700;background:var(--paper)}
.mark.gate{border-radius:.2rem;transform:rotate(45deg) scale(.8)}
.mark.gate span{transform:rotate(-45deg)}
.word{font-size:.8rem;font-weight:650;letter-spacing:.02em}
.timeline .tone-open .mark{border-style:dashed}
.track,.bar{display:block;width:100%}
.track{height:5px;margin-top:.3rem}
.bar{height:12px}
.ground{fill:var(--track)}
.took{fill:currentColor}
.inserted{fill:var(--inserted)}
.updated{fill:var(--updated)}
.deleted{fill:var(--deleted)}
.uncountable{fill:none;stroke:var(--soft);stroke-width:2;stroke-dasharray:12 8}
.chart{margin-bottom:1rem}
.chart figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.2rem 1rem;font-size:.875rem;
 color:var(--soft);margin-bottom:.5rem}
.chart ul{list-style:none}
.chart li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.1rem 1rem;margin-bottom:.55rem;font-size:.85rem}
.chart .bar{grid-column:1/-1}
.numbers,.legend{display:flex;gap:.9rem;font-variant-numeric:tabular-nums}
.key::before{content:"";display:inline-block;width:.75rem;height:.75rem;margin-right:.35rem;vertical-align:-.05rem;
 border-radius:.1rem}
.key.inserted::before{background:var(--inserted)}
.key.updated::before{background:var(--updated)}
.key.deleted::before{background:var(--deleted)}
@media screen and (max-width:44rem){.chart li{grid-template-columns:minmax(0,1fr)}}
`;

const DETAILS = `
details{border:1px solid var(--line);border-radius:.35rem;margin-top:.5rem}
summary{padding:.6rem .9rem;cursor:pointer}
.id{white-space:nowrap}
summary .word{margin:0 .5rem}
details .body{padding:.2rem .9rem .9rem}
.tree{list-style:none;padding-left:1.1rem;border-left:1px solid var(--line)}
section>.tree{padding-left:0;border:0}
.tree li{padding:.12rem 0}
.facts{font-size:.875rem}
.facts>div{display:grid;grid-template-columns:13rem minmax(0,1fr);gap:.1rem 1rem;padding:.25rem 0;
 border-top:1px solid var(--line)}
.facts dt{color:var(--soft);font-size:.82rem}
.facts ul{padding-left:1.1rem}
.facts .facts>div:first-child{border-top:0;padding-top:0}
.facts .facts>div{grid-template-columns:minmax(0,14rem) minmax(0,1fr)}
@media screen and (max-width:44rem){.facts>div,.facts .facts>div{grid-template-columns:minmax(0,1fr)}}
`;

const PAPER = `
@media print{
 @page{margin:14mm}
 html{font-size:10pt}
 body{font-size:1rem;line-height:1.4}
 .small,.note{font-size:.9rem}
 header,main,footer{max-width:none;padding:0}
 nav,.skip{display:none}
 h1{font-size:16pt}
 h2{font-size:12.5pt;margin-top:1.1rem;break-after:avoid}
 h3,summary{break-after:avoid}
 .next li{border:1px solid var(--line)}
 details{border:0;border-top:1px solid var(--line);border-radius:0}
 details::details-content{content-visibility:visible;block-size:auto}
 summary{list-style:none;padding:.35rem 0}
 details .body{padding:0 0 .5rem}
 tr,.timeline li,.chart li,.verdict{break-inside:avoid}
 .verdict,.mark,.bar,.track,.key::before{print-color-adjust:exact;-webkit-print-color-adjust:exact}
 .table,table,.facts{font-size:8.5pt}
 thead{display:table-header-group}
}
`;

export const STYLE = [GROUND, TOP, TABLES, FIGURES, DETAILS, PAPER].join("").replaceAll(/\n+/g, "\n");
