var N={light:{paper:"#ffffff",ink:"#222222",muted:"#595959",ghost:"#a6a6a6",categories:["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],signed:["#0067a3","#d55e00"],share:["#6fc4a5","#00734f"]},dark:{paper:"#14181e",ink:"#e6e6e6",muted:"#a8adb3",ghost:"#6b7178",categories:["#56b4e9","#ff8a3d","#2fc79b","#e3a0c8","#a5d8f5","#f2bf45"],signed:["#3d9fd6","#f07a20"],share:["#1b7559","#3fd6a8"]}};var I=e=>[1,3,5].map(t=>parseInt(e.slice(t,t+2),16));function G(e,t,i){let a=I(t);return I(e).map((r,n)=>Math.round(r+i*(a[n]-r)))}function J(e){let t=e.map(i=>{let a=i/255;return a<=.03928?a/12.92:((a+.055)/1.055)**2.4});return .2126*t[0]+.7152*t[1]+.0722*t[2]}function K(e){let t=(J(e)+.05)**2>.052500000000000005?"#000":"#fff";return{background:`rgb(${e.join(", ")})`,color:t}}function j(e,t,i){let{paper:a,signed:r}=N[i],n=Math.min(1,Math.abs(e)/t);return K(G(a,r[e<0?0:1],n))}function S(e){let{paper:t,ink:i,muted:a,ghost:r,share:[,n]}=N[e];return{"--paper":t,"--ink":i,"--muted":a,"--ghost":r,"--accent":n}}var q=`.explorable-frame {
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
`;function o(e,t={},...i){let a=document.createElement(e);for(let[r,n]of Object.entries(t))typeof n=="function"?a.addEventListener(r,n):r in a&&r!=="list"?a[r]=n:a.setAttribute(r,n);return a.append(...i),a}function P(e){let t=e.documentElement.dataset.theme;if(t==="light"||t==="dark")return t;let i=e.body.dataset.jpThemeLight;return i?i==="true"?"light":"dark":matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"}function z(e,{name:t,question:i,hint:a},r){let n=o("section",{className:"explorable-frame","aria-label":i});n.dataset.name=t,n.append(o("style",{},q),o("p",{className:"question"},i),o("p",{className:"hint"},o("strong",{},"Try: "),a)),n.addEventListener("keydown",m=>m.stopPropagation()),n.setAttribute("data-lm-suppress-shortcuts","true"),e.append(n);let l,p=()=>{if(P(document)!==l){l=P(document);for(let[m,b]of Object.entries(S(l)))n.style.setProperty(m,b);r(l)}},u=new MutationObserver(p);u.observe(document.documentElement,{attributes:!0,attributeFilter:["data-theme"]}),u.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light"]});let d=matchMedia("(prefers-color-scheme: dark)");return d.addEventListener("change",p),{root:n,start:p,end:()=>{u.disconnect(),d.removeEventListener("change",p),n.remove()}}}function D(e,t,i,a=700){let r=0,n,l=o("input",{type:"range",min:0,input:()=>m(Number(l.value))}),p=o("button",{type:"button",click:()=>n?b():M()},"Play"),u=o("span"),d=o("div",{className:"controls",role:"group","aria-label":"Steps"},o("button",{type:"button","aria-label":"One step back",click:()=>m(r-1)},"◀"),p,o("button",{type:"button","aria-label":"One step on",click:()=>m(r+1)},"▶"),o("label",{},u,l));function v(k){r=Math.max(0,Math.min(t(),k)),l.max=t(),l.value=r,u.textContent=e(r),l.setAttribute("aria-valuetext",e(r)),i(r)}function m(k){b(),v(k)}function b(){clearInterval(n),n=void 0,p.textContent="Play"}function M(){t()&&(r>=t()&&v(0),p.textContent="Pause",n=setInterval(()=>{v(r+1),r>=t()&&b()},a))}return{controls:d,go:m,stop:b,now:()=>r}}var F=(e,t=2)=>e.toFixed(t).replace(/^-(0(\.0*)?)$/,"$1").replace("-","−");function V(e,t){let i=0;return t.map((a,r)=>i=e[r]*i+a)}function X(e,t){let i=[{a:[...e],b:[...t]}];for(let a=1;a<e.length;a*=2){let r=i.at(-1);i.push({a:r.a.map((n,l)=>l<a?n:n*r.a[l-a]),b:r.b.map((n,l)=>l<a?n:r.a[l]*r.b[l-a]+n)})}return i}function Y(e){let t=e>1?Math.ceil(Math.log2(e)):0,i=0;for(let a=0;a<t;a++)i+=e-2**a;return{steps:e-1,depth:t,work:i}}var Z=e=>Array.from({length:e},(t,i)=>[1,0,0,1,0,0,-1,2][i%8]);function ee({model:e,el:t}){let i,a=!1,r=M("Length n","length",1,16,1),n=M("Decay a","decay",-1,1,.05),l=o("table",{className:"grid"}),p=o("table",{className:"grid"}),u=o("p",{className:"counts","aria-live":"polite"}),d=D(c=>`Round ${c}`,()=>Math.max(1,r.value()-1),E,700),{root:v,start:m,end:b}=z(t,{name:"scan",question:"Can a recurrence run in parallel?",hint:"play it. Which of the two is done first, and which computes more? Then make it twice as long."},c=>{i=c,a&&E(d.now())});function M(c,h,f,y,g){let s=o("input",{type:"range",min:f,max:y,step:g});s.value=e.get(h);let $=o("span",{},`${c} = ${s.value}`);return s.addEventListener("input",()=>{$.textContent=`${c} = ${s.value}`,e.set(h,Number(s.value)),e.save_changes(),d.go(d.now())}),{row:o("label",{},$,s),value:()=>Number(s.value)}}function k(c,h,f,y){if(!h){let s=o("span",{className:"cell"},"·");return Object.assign(s.style,{background:"var(--paper)",color:"var(--muted)"}),o("td",{},s)}let g=o("span",{className:"cell",title:y},F(c));return Object.assign(g.style,j(c,f,i)),g.dataset.value=c,o("td",{},g)}function E(c){a=!0;let h=r.value(),f=Z(h),y=Array(h).fill(n.value()),g=V(y,f),s=X(y,f),$=Math.max(...f.map(Math.abs),...g.map(Math.abs),1),C=()=>o("thead",{},o("tr",{},o("td"),...f.map((w,x)=>o("th",{scope:"col"},`${x+1}`)))),A=(w,x,R,H="")=>o("tr",{className:H},o("th",{scope:"row"},w),...x.map((U,O)=>k(U,R(O),$,`${w}, position ${O+1}`)));l.replaceChildren(o("caption",{},"Step by step: each state waits for the one before"),C(),o("tbody",{},A("b",f,()=>!0),A("h",g,w=>w<=c,"states")));let T=Math.min(c,s.length-1);p.replaceChildren(o("caption",{},"As a tree: at each round all positions at once"),C(),o("tbody",{},...s.map(({b:w},x)=>A(x?`reach ${2**(x-1)}`:"b",w,()=>x<=T,x===s.length-1?"states":""))));let{steps:L,depth:_,work:B}=Y(h);u.textContent=`Step by step: ${L} rounds, ${L} combinations. As a tree: ${_} rounds, ${B} combinations.`}return m(),v.append(o("div",{className:"controls"},r.row,n.row),d.controls,u,o("div",{className:"scroll",tabIndex:0,role:"region","aria-label":"Step by step"},l),o("div",{className:"scroll",tabIndex:0,role:"region","aria-label":"As a tree"},p)),d.go(3),()=>{d.stop(),b()}}var pe={render:ee};export{Y as cost,pe as default,X as rounds,V as sequential};
