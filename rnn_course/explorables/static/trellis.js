var L={light:{paper:"#ffffff",ink:"#222222",muted:"#595959",ghost:"#a6a6a6",categories:["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],signed:["#0067a3","#d55e00"],share:["#6fc4a5","#00734f"]},dark:{paper:"#14181e",ink:"#e6e6e6",muted:"#a8adb3",ghost:"#6b7178",categories:["#56b4e9","#ff8a3d","#2fc79b","#e3a0c8","#a5d8f5","#f2bf45"],signed:["#3d9fd6","#f07a20"],share:["#1b7559","#3fd6a8"]}};var B=t=>[1,3,5].map(r=>parseInt(t.slice(r,r+2),16));function X(t,r,i){let a=B(r);return B(t).map((o,n)=>Math.round(o+i*(a[n]-o)))}function Y(t){let r=t.map(i=>{let a=i/255;return a<=.03928?a/12.92:((a+.055)/1.055)**2.4});return .2126*r[0]+.7152*r[1]+.0722*r[2]}function Z(t){let r=(Y(t)+.05)**2>.052500000000000005?"#000":"#fff";return{background:`rgb(${t.join(", ")})`,color:r}}function D(t,r,i){let{paper:a,signed:o}=L[i],n=Math.min(1,Math.abs(t)/r);return Z(X(a,o[t<0?0:1],n))}function F(t){let{paper:r,ink:i,muted:a,ghost:o,share:[,n]}=L[t];return{"--paper":r,"--ink":i,"--muted":a,"--ghost":o,"--accent":n}}var H=`.explorable-frame {
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
`;function e(t,r={},...i){let a=document.createElement(t);for(let[o,n]of Object.entries(r))typeof n=="function"?a.addEventListener(o,n):o in a&&o!=="list"?a[o]=n:a.setAttribute(o,n);return a.append(...i),a}function T(t){let r=t.documentElement.dataset.theme;if(r==="light"||r==="dark")return r;let i=t.body.dataset.jpThemeLight;return i?i==="true"?"light":"dark":matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"}function S(t,{name:r,question:i,hint:a},o){let n=e("section",{className:"explorable-frame","aria-label":i});n.dataset.name=r,n.append(e("style",{},H),e("p",{className:"question"},i),e("p",{className:"hint"},e("strong",{},"Try: "),a)),n.addEventListener("keydown",m=>m.stopPropagation()),n.setAttribute("data-lm-suppress-shortcuts","true"),t.append(n);let l,c=()=>{if(T(document)!==l){l=T(document);for(let[m,f]of Object.entries(F(l)))n.style.setProperty(m,f);o(l)}},d=new MutationObserver(c);d.observe(document.documentElement,{attributes:!0,attributeFilter:["data-theme"]}),d.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light"]});let v=matchMedia("(prefers-color-scheme: dark)");return v.addEventListener("change",c),{root:n,start:c,end:()=>{d.disconnect(),v.removeEventListener("change",c),n.remove()}}}function V(t,r,i,a=700){let o=0,n,l=e("input",{type:"range",min:0,input:()=>m(Number(l.value))}),c=e("button",{type:"button",click:()=>n?f():N()},"Play"),d=e("span"),v=e("div",{className:"controls",role:"group","aria-label":"Steps"},e("button",{type:"button","aria-label":"One step back",click:()=>m(o-1)},"◀"),c,e("button",{type:"button","aria-label":"One step on",click:()=>m(o+1)},"▶"),e("label",{},d,l));function g(E){o=Math.max(0,Math.min(r(),E)),l.max=r(),l.value=o,d.textContent=t(o),l.setAttribute("aria-valuetext",t(o)),i(o)}function m(E){f(),g(E)}function f(){clearInterval(n),n=void 0,c.textContent="Play"}function N(){r()&&(o>=r()&&g(0),c.textContent="Pause",n=setInterval(()=>{g(o+1),o>=r()&&f()},a))}return{controls:v,go:m,stop:f,now:()=>o}}var k=(t,r=2)=>t.toFixed(r).replace(/^-(0(\.0*)?)$/,"$1").replace("-","−");function ee(t,r){let i=r.length,a=[t[0].slice()],o=[Array(i).fill(-1)];for(let l of t.slice(1)){let c=a.at(-1),d=l.map((v,g)=>{let m=0;for(let f=1;f<i;f++)c[f]+r[f][g]>c[m]+r[m][g]&&(m=f);return m});o.push(d),a.push(l.map((v,g)=>c[d[g]]+r[d[g]][g]+v))}let n=[P(a.at(-1))];for(let l=a.length-1;l>0;l--)n.unshift(o[l][n[0]]);return{scores:a,from:o,path:n}}var P=t=>t.indexOf(Math.max(...t));function U(t,r,i){return t.reduce((a,o,n)=>a+r[n][o]+(n?i[t[n-1]][o]:0),0)}var I=99;function te({model:t,el:r}){let i=t.get("tokens"),a=t.get("labels"),o,n=!1,l=s=>s.map(u=>[...u]),c,d,v=e("div",{className:"scroll"}),g=e("table",{className:"grid"}),m=e("div",{className:"sum","aria-live":"polite"}),f=e("p",{className:"note",role:"status"}),N=V(s=>s?`Word ${s} of ${i.length}`:"Before the first word",()=>i.length,O,1200),{root:E,start:W,end:_}=S(r,{name:"trellis",question:"How does Viterbi find the best path?",hint:`step to the end; then raise the score of ${a.at(-2)} at “${i[0]}” and watch the two paths. The solid frame is Viterbi's path, the dashed one takes the best label of each word.`},s=>{o=s,n&&O(N.now())});function q(s,u,b,h,w){let y=e("input",{type:"number",step:.5,"aria-label":h});return y.value=s[u][b],y.addEventListener("input",()=>{let A=y.valueAsNumber;if(!(Math.abs(A)<=I)){f.textContent=`A score must be a number between −${I} and ${I}: “${h}” stays at ${k(s[u][b],1)}.`;return}f.textContent="",s[u][b]=A,t.set(w,l(s)),t.save_changes(),O(N.now())}),e("td",{},y)}function R(){c=l(t.get("emissions")),d=l(t.get("transitions"));let s=b=>e("thead",{},e("tr",{},e("td"),...b.map(h=>e("th",{scope:"col"},h)))),u=b=>e("tbody",{},...a.map((h,w)=>e("tr",{},e("th",{scope:"row"},h),...b(h,w))));v.replaceChildren(e("table",{className:"grid"},e("caption",{},"How well each label fits each word"),s(i),u((b,h)=>i.map((w,y)=>q(c,y,h,`${b} at ${w}`,"emissions")))),e("table",{className:"grid"},e("caption",{},"How well a label (row) is followed by another (column)"),s(a),u((b,h)=>a.map((w,y)=>q(d,h,y,`${b} before ${w}`,"transitions")))))}function O(s){n=!0;let{scores:u,from:b,path:h}=ee(c,d),w=c.map(P),y=Math.max(...u.flat().map(Math.abs),1),A=s===i.length,G=a.map((p,x)=>e("tr",{},e("th",{scope:"row"},p),...i.map((re,$)=>{if($>=s)return e("td");let J=$?` ← ${a[b[$][x]]}`:"",K=(A&&h[$]===x?" onpath":"")+(w[$]===x?" greedy":""),C=e("span",{className:`cell${K}`},k(u[$][x],1)+J);return Object.assign(C.style,D(u[$][x],y,o)),C.dataset.value=u[$][x],e("td",{},C)})));g.replaceChildren(e("caption",{},"The best score of a path that ends here, and where it comes from"),e("thead",{},e("tr",{},e("td"),...i.map((p,x)=>e("th",{scope:"col",className:x===s-1?"now":x<s?"":"ahead"},p)))),e("tbody",{},...G));let z=p=>p.map(x=>a[x]).join(" "),M=[];if(s&&!A){let p=P(u[s-1]),x=s===1?"":`: ${k(u[s-2][b[s-1][p]],1)} + ${k(d[b[s-1][p]][p],1)} (${a[b[s-1][p]]} before ${a[p]}) + ${k(c[s-1][p],1)} (fits)`;M.push(`After “${i[s-1]}” the best is ${a[p]} with ${k(u[s-1][p],1)}${x}.`)}if(A){let p=U(h,c,d);M.push(`Viterbi: ${z(h)}, score ${k(p,1)}.`),M.push(`Word by word: ${z(w)}, score ${k(U(w,c,d),1)}.`),m.dataset.value=p}m.replaceChildren(...(M.length?M:["One step a word: of all ways to a label only the best is kept."]).map(p=>e("p",{},p)))}return R(),W(),E.append(N.controls,e("div",{className:"scroll"},g),m,f,v),N.go(i.length),()=>{N.stop(),_()}}var me={render:te};export{me as default,P as largest,U as scoreOf,ee as viterbi};
