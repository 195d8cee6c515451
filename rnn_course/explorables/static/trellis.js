var L={light:{paper:"#ffffff",ink:"#222222",muted:"#595959",ghost:"#a6a6a6",categories:["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],signed:["#0067a3","#d55e00"],share:["#6fc4a5","#00734f"]},dark:{paper:"#14181e",ink:"#e6e6e6",muted:"#a8adb3",ghost:"#6b7178",categories:["#56b4e9","#ff8a3d","#2fc79b","#e3a0c8","#a5d8f5","#f2bf45"],signed:["#3d9fd6","#f07a20"],share:["#1b7559","#3fd6a8"]}};var q=t=>[1,3,5].map(e=>parseInt(t.slice(e,e+2),16));function X(t,e,a){let r=q(e);return q(t).map((i,o)=>Math.round(i+a*(r[o]-i)))}function Y(t){let e=t.map(a=>{let r=a/255;return r<=.03928?r/12.92:((r+.055)/1.055)**2.4});return .2126*e[0]+.7152*e[1]+.0722*e[2]}function Z(t){let e=(Y(t)+.05)**2>.052500000000000005?"#000":"#fff";return{background:`rgb(${t.join(", ")})`,color:e}}function z(t,e,a){let{paper:r,signed:i}=L[a],o=Math.min(1,Math.abs(t)/e);return Z(X(r,i[t<0?0:1],o))}function B(t){let{paper:e,ink:a,muted:r,ghost:i,share:[,o]}=L[t];return{"--paper":e,"--ink":a,"--muted":r,"--ghost":i,"--accent":o}}var F=`.explorable-frame {
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
`;function n(t,e={},...a){let r=document.createElement(t);for(let[i,o]of Object.entries(e))typeof o=="function"?r.addEventListener(i,o):i in r&&i!=="list"?r[i]=o:r.setAttribute(i,o);return r.append(...a),r}function T(t){let e=t.documentElement.dataset.theme;if(e==="light"||e==="dark")return e;let a=t.body.dataset.jpThemeLight;return a?a==="true"?"light":"dark":matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"}function ee(t){let e=t.target;if(e.type!=="range")return;let{min:a,max:r,step:i}=e,o=Number(i)||1,c={ArrowLeft:e.valueAsNumber-o,ArrowDown:e.valueAsNumber-o,ArrowRight:e.valueAsNumber+o,ArrowUp:e.valueAsNumber+o,Home:Number(a),End:Number(r)}[t.key];c!==void 0&&(t.preventDefault(),e.value=c,e.dispatchEvent(new Event("input",{bubbles:!0})))}function te(t){let e=[...t.target.closest("table")?.querySelectorAll("tr")??[]].map(l=>[...l.querySelectorAll("button")]).filter(l=>l.length),a=e.findIndex(l=>l.includes(t.target));if(a<0)return;let r=e[a].indexOf(t.target),i={ArrowLeft:[a,r-1],ArrowRight:[a,r+1],ArrowUp:[a-1,r],ArrowDown:[a+1,r],Home:[a,0],End:[a,e[a].length-1]},[o,c]=i[t.key]??[];if(o===void 0)return;t.preventDefault();let p=e[o]?.[c];if(p){for(let l of e.flat())l.tabIndex=-1;p.tabIndex=0,p.focus()}}function K(t,{name:e,question:a,hint:r},i){let o=n("section",{className:"explorable-frame","aria-label":a});o.dataset.name=e,o.append(n("style",{},F),n("p",{className:"question"},a),n("p",{className:"hint"},n("strong",{},"Try: "),r));let c=d=>{!o.contains(d.target)||d.ctrlKey||d.metaKey||d.altKey||(d.stopPropagation(),ee(d),te(d))};window.addEventListener("keydown",c,!0),o.setAttribute("data-lm-suppress-shortcuts","true"),t.append(o);let p,l=()=>{if(T(document)!==p){p=T(document);for(let[d,k]of Object.entries(B(p)))o.style.setProperty(d,k);i(p)}},w=new MutationObserver(l);w.observe(document.documentElement,{attributes:!0,attributeFilter:["data-theme"]}),w.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light"]});let f=matchMedia("(prefers-color-scheme: dark)");return f.addEventListener("change",l),{root:o,start:l,end:()=>{window.removeEventListener("keydown",c,!0),w.disconnect(),f.removeEventListener("change",l),o.remove()}}}function S(t,e,a,r=700){let i=0,o,c=n("input",{type:"range",min:0,input:()=>g(Number(c.value))}),p=n("button",{type:"button",click:()=>o?d():k()},"Play"),l=n("span"),w=n("div",{className:"controls",role:"group","aria-label":"Steps"},n("button",{type:"button","aria-label":"One step back",click:()=>g(i-1)},"◀"),p,n("button",{type:"button","aria-label":"One step on",click:()=>g(i+1)},"▶"),n("label",{},l,c));function f(E){i=Math.max(0,Math.min(e(),E)),c.max=e(),c.value=i,l.textContent=t(i),c.setAttribute("aria-valuetext",t(i)),a(i)}function g(E){d(),f(E)}function d(){clearInterval(o),o=void 0,p.textContent="Play"}function k(){e()&&(i>=e()&&f(0),p.textContent="Pause",o=setInterval(()=>{f(i+1),i>=e()&&d()},r))}return{controls:w,go:g,stop:d,now:()=>i}}var $=(t,e=2)=>t.toFixed(e).replace(/^-(0(\.0*)?)$/,"$1").replace("-","−");function re(t,e){let a=e.length,r=[t[0].slice()],i=[Array(a).fill(-1)];for(let c of t.slice(1)){let p=r.at(-1),l=c.map((w,f)=>{let g=0;for(let d=1;d<a;d++)p[d]+e[d][f]>p[g]+e[g][f]&&(g=d);return g});i.push(l),r.push(c.map((w,f)=>p[l[f]]+e[l[f]][f]+w))}let o=[I(r.at(-1))];for(let c=r.length-1;c>0;c--)o.unshift(i[c][o[0]]);return{scores:r,from:i,path:o}}var I=t=>t.indexOf(Math.max(...t));function U(t,e,a){return t.reduce((r,i,o)=>r+e[o][i]+(o?a[t[o-1]][i]:0),0)}var D=99;function ae({model:t,el:e}){let a=t.get("tokens"),r=t.get("labels"),i,o=!1,c=s=>s.map(u=>[...u]),p,l,w=n("div",{className:"scroll"}),f=n("table",{className:"grid"}),g=n("div",{className:"sum","aria-live":"polite"}),d=n("p",{className:"note",role:"status"}),k=S(s=>s?`Word ${s} of ${a.length}`:"Before the first word",()=>a.length,O,1200),{root:E,start:V,end:R}=K(e,{name:"trellis",question:"How does Viterbi find the best path?",hint:`step to the end; then raise the score of ${r.at(-2)} at “${a[0]}” and watch the two paths. The solid frame is Viterbi's path, the dashed one takes the best label of each word.`},s=>{i=s,o&&O(k.now())});function H(s,u,b,h,y){let v=n("input",{type:"number",step:.5,"aria-label":h});return v.value=s[u][b],v.addEventListener("input",()=>{let A=v.valueAsNumber;if(!(Math.abs(A)<=D)){d.textContent=`A score must be a number between −${D} and ${D}: “${h}” stays at ${$(s[u][b],1)}.`;return}d.textContent="",s[u][b]=A,t.set(y,c(s)),t.save_changes(),O(k.now())}),n("td",{},v)}function W(){p=c(t.get("emissions")),l=c(t.get("transitions"));let s=b=>n("thead",{},n("tr",{},n("td"),...b.map(h=>n("th",{scope:"col"},h)))),u=b=>n("tbody",{},...r.map((h,y)=>n("tr",{},n("th",{scope:"row"},h),...b(h,y))));w.replaceChildren(n("table",{className:"grid"},n("caption",{},"How well each label fits each word"),s(a),u((b,h)=>a.map((y,v)=>H(p,v,h,`${b} at ${y}`,"emissions")))),n("table",{className:"grid"},n("caption",{},"How well a label (row) is followed by another (column)"),s(r),u((b,h)=>r.map((y,v)=>H(l,h,v,`${b} before ${y}`,"transitions")))))}function O(s){o=!0;let{scores:u,from:b,path:h}=re(p,l),y=p.map(I),v=Math.max(...u.flat().map(Math.abs),1),A=s===a.length,_=r.map((m,x)=>n("tr",{},n("th",{scope:"row"},m),...a.map((oe,N)=>{if(N>=s)return n("td");let G=N?` ← ${r[b[N][x]]}`:"",J=(A&&h[N]===x?" onpath":"")+(y[N]===x?" greedy":""),C=n("span",{className:`cell${J}`},$(u[N][x],1)+G);return Object.assign(C.style,z(u[N][x],v,i)),C.dataset.value=u[N][x],n("td",{},C)})));f.replaceChildren(n("caption",{},"The best score of a path that ends here, and where it comes from"),n("thead",{},n("tr",{},n("td"),...a.map((m,x)=>n("th",{scope:"col",className:x===s-1?"now":x<s?"":"ahead"},m)))),n("tbody",{},..._));let P=m=>m.map(x=>r[x]).join(" "),M=[];if(s&&!A){let m=I(u[s-1]),x=s===1?"":`: ${$(u[s-2][b[s-1][m]],1)} + ${$(l[b[s-1][m]][m],1)} (${r[b[s-1][m]]} before ${r[m]}) + ${$(p[s-1][m],1)} (fits)`;M.push(`After “${a[s-1]}” the best is ${r[m]} with ${$(u[s-1][m],1)}${x}.`)}if(A){let m=U(h,p,l);M.push(`Viterbi: ${P(h)}, score ${$(m,1)}.`),M.push(`Word by word: ${P(y)}, score ${$(U(y,p,l),1)}.`),g.dataset.value=m}g.replaceChildren(...(M.length?M:["One step a word: of all ways to a label only the best is kept."]).map(m=>n("p",{},m)))}return W(),V(),E.append(k.controls,n("div",{className:"scroll"},f),g,d,w),k.go(a.length),()=>{k.stop(),R()}}var ue={render:ae};export{ue as default,I as largest,U as scoreOf,re as viterbi};
