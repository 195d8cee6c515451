var M={light:{paper:"#ffffff",ink:"#222222",muted:"#595959",ghost:"#a6a6a6",categories:["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],signed:["#0067a3","#d55e00"],share:["#6fc4a5","#00734f"]},dark:{paper:"#14181e",ink:"#e6e6e6",muted:"#a8adb3",ghost:"#6b7178",categories:["#56b4e9","#ff8a3d","#2fc79b","#e3a0c8","#a5d8f5","#f2bf45"],signed:["#3d9fd6","#f07a20"],share:["#1b7559","#3fd6a8"]}};var I=t=>[1,3,5].map(e=>parseInt(t.slice(e,e+2),16));function W(t,e,r){let a=I(e);return I(t).map((o,n)=>Math.round(o+r*(a[n]-o)))}function G(t){let e=t.map(r=>{let a=r/255;return a<=.03928?a/12.92:((a+.055)/1.055)**2.4});return .2126*e[0]+.7152*e[1]+.0722*e[2]}function J(t){let e=(G(t)+.05)**2>.052500000000000005?"#000":"#fff";return{background:`rgb(${t.join(", ")})`,color:e}}function j(t,e,r){let{paper:a,signed:o}=M[r],n=Math.min(1,Math.abs(t)/e);return J(W(a,o[t<0?0:1],n))}function D(t){let{paper:e,ink:r,muted:a,ghost:o,share:[,n]}=M[t];return{"--paper":e,"--ink":r,"--muted":a,"--ghost":o,"--accent":n}}var S=`.explorable-frame {
  color: var(--ink);
  background: var(--paper);
  border: 1px solid var(--ghost);
  border-radius: 8px;
  box-sizing: border-box;
  font: 15px/1.45 system-ui, sans-serif;
  max-width: 60rem;
  padding: 1rem;
}
.explorable-frame * { box-sizing: border-box; }
.explorable-frame p { color: inherit; margin: 0 0 0.6rem; }
.explorable-frame .question { font-size: 1.25em; font-weight: 600; }
.explorable-frame .note { color: var(--muted); min-height: 1.45em; }
.explorable-frame label { color: inherit; display: block; font-weight: 600; margin: 0.4rem 0; }
.explorable-frame input[type="text"] {
  background: var(--paper);
  border: 1px solid var(--muted);
  border-radius: 4px;
  color: inherit;
  display: block;
  font: inherit;
  font-weight: 400;
  margin-top: 0.2rem;
  padding: 0.4rem 0.5rem;
  width: 100%;
}
.explorable-frame input[type="range"] { accent-color: var(--accent); flex: 1 1 8rem; min-width: 6rem; }
.explorable-frame .controls {
  align-items: center;
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem;
  margin: 0.6rem 0;
}
.explorable-frame .controls button {
  background: var(--paper);
  border: 1px solid var(--muted);
  border-radius: 4px;
  color: inherit;
  cursor: pointer;
  font: inherit;
  min-height: 2.4rem;
  min-width: 2.6rem;
  padding: 0.2rem 0.7rem;
}
.explorable-frame .controls label { align-items: center; display: flex; flex: 1 1 14rem; gap: 0.5rem; margin: 0; }
.explorable-frame select { background: var(--paper); border: 1px solid var(--muted); color: inherit; font: inherit; padding: 0.3rem; }
.explorable-frame :focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
.explorable-frame .scroll { overflow-x: auto; padding: 4px; }
.explorable-frame table.grid { border-collapse: separate; border-spacing: 2px; color: inherit; font-size: 0.87em; margin: 0; width: auto; }
.explorable-frame table.grid th { background: none; border: 0; color: inherit; font-weight: 600; padding: 0.15rem 0.4rem; text-align: center; white-space: nowrap; }
.explorable-frame table.grid th[scope="row"] { text-align: left; }
.explorable-frame table.grid td { background: none; border: 0; padding: 0; }
.explorable-frame table.grid .cell {
  border: 1px solid var(--ghost);
  border-radius: 3px;
  cursor: pointer;
  display: block;
  font: inherit;
  font-variant-numeric: tabular-nums;
  line-height: 1.6rem;
  padding: 0.1rem 0.3rem;
  text-align: right;
  white-space: nowrap;
  width: 100%;
  min-width: 3.6em;
}
.explorable-frame table.grid .ahead { color: var(--muted); font-weight: 400; }
.explorable-frame table.grid .now { text-decoration: underline; text-decoration-thickness: 3px; text-underline-offset: 4px; }
.explorable-frame .sum { margin-top: 0.6rem; min-height: 5.8em; overflow-wrap: anywhere; }
.explorable-frame .sum p { margin-bottom: 0.2rem; }

.explorable-frame table.grid input {
  background: var(--paper);
  color: var(--ink);
  border: 1px solid var(--muted);
  border-radius: 3px;
  font: inherit;
  padding: 0.2rem;
  text-align: right;
  width: 4.6em;
}
.explorable-frame table.grid caption { caption-side: top; color: inherit; white-space: nowrap; font-weight: 600; padding: 0.2rem 0; text-align: left; }
.explorable-frame .onpath { outline: 3px solid var(--ink); outline-offset: -2px; }
.explorable-frame .greedy { border: 2px dashed var(--muted) !important; }
.explorable-frame .written { border: 1px solid var(--ghost); border-radius: 4px; color: inherit; font: 15px/1.5 ui-monospace, monospace; margin: 0.5rem 0; min-height: 7.5em; overflow-wrap: anywhere; padding: 0.6rem; white-space: pre-wrap; }
.explorable-frame .written b { color: inherit; }
.explorable-frame .bar { align-items: center; display: grid; gap: 0.5rem; grid-template-columns: 3.2em 3.6em 1fr; font-variant-numeric: tabular-nums; }
.explorable-frame .bar i { background: var(--accent); display: block; height: 0.8em; min-width: 1px; }
.explorable-frame .bar span { text-align: right; }
.explorable-frame .bar.out { color: var(--muted); text-decoration: line-through; }
.explorable-frame .counts { font-weight: 600; }
@media (prefers-reduced-motion: no-preference) {
  .explorable-frame .cell { transition: background-color 0.2s; }
}
`;function i(t,e={},...r){let a=document.createElement(t);for(let[o,n]of Object.entries(e))typeof n=="function"?a.addEventListener(o,n):o in a&&o!=="list"?a[o]=n:a.setAttribute(o,n);return a.append(...r),a}function q(t){let e=t.documentElement.dataset.theme;if(e==="light"||e==="dark")return e;let r=t.body.dataset.jpThemeLight;return r?r==="true"?"light":"dark":matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"}function V(t){let e=t.target;if(e.type!=="range")return;let{min:r,max:a,step:o}=e,n=Number(o)||1,s={ArrowLeft:e.valueAsNumber-n,ArrowDown:e.valueAsNumber-n,ArrowRight:e.valueAsNumber+n,ArrowUp:e.valueAsNumber+n,Home:Number(r),End:Number(a)}[t.key];s!==void 0&&(t.preventDefault(),e.value=s,e.dispatchEvent(new Event("input",{bubbles:!0})))}function X(t){let e=[...t.target.closest("table")?.querySelectorAll("tr")??[]].map(l=>[...l.querySelectorAll("button")]).filter(l=>l.length),r=e.findIndex(l=>l.includes(t.target));if(r<0)return;let a=e[r].indexOf(t.target),o={ArrowLeft:[r,a-1],ArrowRight:[r,a+1],ArrowUp:[r-1,a],ArrowDown:[r+1,a],Home:[r,0],End:[r,e[r].length-1]},[n,s]=o[t.key]??[];if(n===void 0)return;t.preventDefault();let p=e[n]?.[s];if(p){for(let l of e.flat())l.tabIndex=-1;p.tabIndex=0,p.focus()}}function P(t,{name:e,question:r,hint:a},o){let n=i("section",{className:"explorable-frame","aria-label":r});n.dataset.name=e,n.append(i("style",{},S),i("p",{className:"question"},r),i("p",{className:"hint"},i("strong",{},"Try: "),a));let s=c=>{!n.contains(c.target)||c.ctrlKey||c.metaKey||c.altKey||(c.stopPropagation(),V(c),X(c))};window.addEventListener("keydown",s,!0),n.setAttribute("data-lm-suppress-shortcuts","true"),t.append(n);let p,l=()=>{if(q(document)!==p){p=q(document);for(let[c,y]of Object.entries(D(p)))n.style.setProperty(c,y);o(p)}},u=new MutationObserver(l);u.observe(document.documentElement,{attributes:!0,attributeFilter:["data-theme"]}),u.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light"]});let b=matchMedia("(prefers-color-scheme: dark)");return b.addEventListener("change",l),{root:n,start:l,end:()=>{window.removeEventListener("keydown",s,!0),u.disconnect(),b.removeEventListener("change",l),n.remove()}}}function z(t,e,r,a=700){let o=0,n,s=i("input",{type:"range",min:0,input:()=>w(Number(s.value))}),p=i("button",{type:"button",click:()=>n?c():y()},"Play"),l=i("span"),u=i("div",{className:"controls",role:"group","aria-label":"Steps"},i("button",{type:"button","aria-label":"One step back",click:()=>w(o-1)},"◀"),p,i("button",{type:"button","aria-label":"One step on",click:()=>w(o+1)},"▶"),i("label",{},l,s));function b(A){o=Math.max(0,Math.min(e(),A)),s.max=e(),s.value=o,l.textContent=t(o),s.setAttribute("aria-valuetext",t(o)),r(o)}function w(A){c(),b(A)}function c(){clearInterval(n),n=void 0,p.textContent="Play"}function y(){e()&&(o>=e()&&b(0),p.textContent="Pause",n=setInterval(()=>{b(o+1),o>=e()&&c()},a))}return{controls:u,go:w,stop:c,now:()=>o}}var F=(t,e=2)=>t.toFixed(e).replace(/^-(0(\.0*)?)$/,"$1").replace("-","−");function Y(t,e){let r=0;return e.map((a,o)=>r=t[o]*r+a)}function Z(t,e){let r=[{a:[...t],b:[...e]}];for(let a=1;a<t.length;a*=2){let o=r.at(-1);r.push({a:o.a.map((n,s)=>s<a?n:n*o.a[s-a]),b:o.b.map((n,s)=>s<a?n:o.a[s]*o.b[s-a]+n)})}return r}function ee(t){let e=t>1?Math.ceil(Math.log2(t)):0,r=0;for(let a=0;a<e;a++)r+=t-2**a;return{steps:t-1,depth:e,work:r}}var te=t=>Array.from({length:t},(e,r)=>[1,0,0,1,0,0,-1,2][r%8]);function re({model:t,el:e}){let r,a=!1,o=y("Length n","length",1,16,1),n=y("Decay a","decay",-1,1,.05),s=i("table",{className:"grid"}),p=i("table",{className:"grid"}),l=i("p",{className:"counts","aria-live":"polite"}),u=z(m=>`Round ${m}`,()=>Math.max(1,o.value()-1),$,700),{root:b,start:w,end:c}=P(e,{name:"scan",question:"Can a recurrence run in parallel?",hint:"play it. Which of the two is done first, and which computes more? Then make it twice as long."},m=>{r=m,a&&$(u.now())});function y(m,h,f,k,g){let d=i("input",{type:"range",min:f,max:k,step:g});d.value=t.get(h);let N=i("span",{},`${m} = ${d.value}`);return d.addEventListener("input",()=>{N.textContent=`${m} = ${d.value}`,t.set(h,Number(d.value)),t.save_changes(),u.go(u.now())}),{row:i("label",{},N,d),value:()=>Number(d.value)}}function A(m,h,f,k){if(!h){let d=i("span",{className:"cell"},"·");return Object.assign(d.style,{background:"var(--paper)",color:"var(--muted)"}),i("td",{},d)}let g=i("span",{className:"cell",title:k},F(m));return Object.assign(g.style,j(m,f,r)),g.dataset.value=m,i("td",{},g)}function $(m){a=!0;let h=o.value(),f=te(h),k=Array(h).fill(n.value()),g=Y(k,f),d=Z(k,f),N=Math.max(...f.map(Math.abs),...g.map(Math.abs),1),C=()=>i("thead",{},i("tr",{},i("td"),...f.map((v,x)=>i("th",{scope:"col"},`${x+1}`)))),E=(v,x,_,B="")=>i("tr",{className:B},i("th",{scope:"row"},v),...x.map((H,O)=>A(H,_(O),N,`${v}, position ${O+1}`)));s.replaceChildren(i("caption",{},"Step by step: each state waits for the one before"),C(),i("tbody",{},E("b",f,()=>!0),E("h",g,v=>v<=m,"states")));let K=Math.min(m,d.length-1);p.replaceChildren(i("caption",{},"As a tree: at each round all positions at once"),C(),i("tbody",{},...d.map(({b:v},x)=>E(x?`reach ${2**(x-1)}`:"b",v,()=>x<=K,x===d.length-1?"states":""))));let{steps:L,depth:R,work:T}=ee(h);l.textContent=`Step by step: ${L} rounds, ${L} combinations. As a tree: ${R} rounds, ${T} combinations.`}return w(),b.append(i("div",{className:"controls"},o.row,n.row),u.controls,l,i("div",{className:"scroll",tabIndex:0,role:"region","aria-label":"Step by step"},s),i("div",{className:"scroll",tabIndex:0,role:"region","aria-label":"As a tree"},p)),u.go(3),()=>{u.stop(),c()}}var me={render:re};export{ee as cost,me as default,Z as rounds,Y as sequential};
