function ne(e){return Uint8Array.from(atob(e),t=>t.charCodeAt(0))}function x({shape:e,bits:t,data:r,scale:n}){let o=new DataView(ne(r).buffer),a=e.reduce((s,p)=>s*p,1),i=e.at(-1),l=new Float64Array(a);if(t===8){let s=x({shape:[i],bits:32,data:n});for(let p=0;p<a;p++)l[p]=o.getInt8(p)*s[p%i]}else for(let s=0;s<a;s++)l[s]=o.getFloat32(4*s,!0);return e.length===1?l:Array.from({length:a/i},(s,p)=>l.slice(p*i,(p+1)*i))}function w(e,t){let r=new Float64Array(t[0].length);for(let n=0;n<e.length;n++)if(e[n]!==0)for(let o=0;o<r.length;o++)r[o]+=e[n]*t[n][o];return r}function M(...e){return e[0].map((t,r)=>e.reduce((n,o)=>n+o[r],0))}function S(e){let t=Math.max(...e),r=Array.from(e,o=>Math.exp(o-t)),n=r.reduce((o,a)=>o+a,0);return r.map(o=>o/n)}function H({kernel:e,bias:t},r){return M(w(r,e),t)}var E=e=>1/(1+Math.exp(-e));function L(e){return{...e,kernel:x(e.kernel),recurrent_kernel:x(e.recurrent_kernel),bias:x(e.bias),units:e.recurrent_kernel.shape[0]}}function K({kind:e,units:t}){let r=()=>new Float64Array(t);return e==="lstm"?[r(),r()]:[r()]}function U(e,t,r){return{simple_rnn:oe,lstm:ae,gru:se}[e.kind](e,t,r)}function oe({kernel:e,recurrent_kernel:t,bias:r},n,[o]){return{states:[M(w(n,e),w(o,t),r).map(Math.tanh)],gates:{}}}var v=(e,t,r)=>e.slice(t*r,(t+1)*r);function ae({kernel:e,recurrent_kernel:t,bias:r,units:n},o,[a,i]){let l=M(w(o,e),w(a,t),r),s=v(l,0,n).map(E),p=v(l,1,n).map(E),h=v(l,2,n).map(Math.tanh),g=v(l,3,n).map(E),u=i.map((A,k)=>p[k]*A+s[k]*h[k]);return{states:[u.map((A,k)=>g[k]*Math.tanh(A)),u],gates:{input_gate:s,forget_gate:p,candidate:h,output_gate:g}}}function se(e,t,[r]){let{kernel:n,recurrent_kernel:o,bias:a,units:i}=e,l=e.reset_after,s=M(w(t,n),l?a[0]:a),p=w(r,o),h=l?M(p,a[1]):p,g=M(s,h),u=v(g,0,i).map(E),N=v(g,1,i).map(E),q=v(h,2,i).map((m,f)=>N[f]*m);l||(q=v(w(r.map((m,f)=>N[f]*m),o),2,i));let A=v(s,2,i).map((m,f)=>Math.tanh(m+q[f])),k=e.update_gate==="write";return{states:[r.map((m,f)=>{let b=k?1-u[f]:u[f];return b*m+(1-b)*A[f]})],gates:{update_gate:u,reset_gate:N,candidate:A}}}var I={light:{paper:"#ffffff",ink:"#222222",muted:"#595959",ghost:"#a6a6a6",categories:["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],signed:["#0067a3","#d55e00"],share:["#6fc4a5","#00734f"]},dark:{paper:"#14181e",ink:"#e6e6e6",muted:"#a8adb3",ghost:"#6b7178",categories:["#56b4e9","#ff8a3d","#2fc79b","#e3a0c8","#a5d8f5","#f2bf45"],signed:["#3d9fd6","#f07a20"],share:["#1b7559","#3fd6a8"]}};var P=e=>[1,3,5].map(t=>parseInt(e.slice(t,t+2),16));function j(e,t,r){let n=P(t);return P(e).map((o,a)=>Math.round(o+r*(n[a]-o)))}function le(e){let t=e.map(r=>{let n=r/255;return n<=.03928?n/12.92:((n+.055)/1.055)**2.4});return .2126*t[0]+.7152*t[1]+.0722*t[2]}function B(e){let t=(le(e)+.05)**2>.052500000000000005?"#000":"#fff";return{background:`rgb(${e.join(", ")})`,color:t}}function R(e,t,r){let{paper:n,signed:o}=I[r],a=Math.min(1,Math.abs(e)/t);return B(j(n,o[e<0?0:1],a))}function W(e,t){let{paper:r,share:[n,o]}=I[t],i=e<.5?j(r,n,2*e):j(n,o,2*e-1);return B(i)}function V(e){let{paper:t,ink:r,muted:n,ghost:o,share:[,a]}=I[e];return{"--paper":t,"--ink":r,"--muted":n,"--ghost":o,"--accent":a}}var Y=`.explorable-frame {
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
`;function c(e,t={},...r){let n=document.createElement(e);for(let[o,a]of Object.entries(t))typeof a=="function"?n.addEventListener(o,a):o in n&&o!=="list"?n[o]=a:n.setAttribute(o,a);return n.append(...r),n}function G(e){let t=e.documentElement.dataset.theme;if(t==="light"||t==="dark")return t;let r=e.body.dataset.jpThemeLight;return r?r==="true"?"light":"dark":matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"}function pe(e){let t=e.target;if(t.type!=="range")return;let{min:r,max:n,step:o}=t,a=Number(o)||1,i={ArrowLeft:t.valueAsNumber-a,ArrowDown:t.valueAsNumber-a,ArrowRight:t.valueAsNumber+a,ArrowUp:t.valueAsNumber+a,Home:Number(r),End:Number(n)}[e.key];i!==void 0&&(e.preventDefault(),t.value=i,t.dispatchEvent(new Event("input",{bubbles:!0})))}function de(e){let t=[...e.target.closest("table")?.querySelectorAll("tr")??[]].map(s=>[...s.querySelectorAll("button")]).filter(s=>s.length),r=t.findIndex(s=>s.includes(e.target));if(r<0)return;let n=t[r].indexOf(e.target),o={ArrowLeft:[r,n-1],ArrowRight:[r,n+1],ArrowUp:[r-1,n],ArrowDown:[r+1,n],Home:[r,0],End:[r,t[r].length-1]},[a,i]=o[e.key]??[];if(a===void 0)return;e.preventDefault();let l=t[a]?.[i];if(l){for(let s of t.flat())s.tabIndex=-1;l.tabIndex=0,l.focus()}}function J(e,{name:t,question:r,hint:n},o){let a=c("section",{className:"explorable-frame","aria-label":r});a.dataset.name=t,a.append(c("style",{},Y),c("p",{className:"question"},r),c("p",{className:"hint"},c("strong",{},"Try: "),n));let i=u=>{!a.contains(u.target)||u.ctrlKey||u.metaKey||u.altKey||(u.stopPropagation(),pe(u),de(u))};window.addEventListener("keydown",i,!0),a.setAttribute("data-lm-suppress-shortcuts","true"),e.append(a);let l,s=()=>{if(G(document)!==l){l=G(document);for(let[u,N]of Object.entries(V(l)))a.style.setProperty(u,N);o(l)}},p=new MutationObserver(s);p.observe(document.documentElement,{attributes:!0,attributeFilter:["data-theme"]}),p.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light"]});let h=matchMedia("(prefers-color-scheme: dark)");return h.addEventListener("change",s),{root:a,start:s,end:()=>{window.removeEventListener("keydown",i,!0),p.disconnect(),h.removeEventListener("change",s),a.remove()}}}var C=(e,t=2)=>e.toFixed(t).replace(/^-(0(\.0*)?)$/,"$1").replace("-","−");function ue(e){let t=new Intl.Segmenter("en",{granularity:"word"});return e.normalize("NFC").split(/\s+/u).filter(Boolean).flatMap(n=>Array.from(t.segment(n),o=>o.segment))}function me(e,t){let r=new Map(t.map((o,a)=>[o,a]));for(let o of t.slice(0,4))r.delete(o);let n=e.filter(o=>!r.has(o));return{ids:e.map(o=>r.get(o)??1),unknown:[...new Set(n)]}}function Q(e,t,r){let n=ue(e),o=n.slice(0,r),{ids:a,unknown:i}=me(o,t),l=[];if(n.length||l.push("Type a few words."),n.length>r&&l.push(`It reads the first ${r} of your ${n.length} words.`),i.length){let s=i.slice(0,6).map(h=>`“${h.slice(0,24)}”`).join(", "),p=i.length>6?` and ${i.length-6} more`:"";l.push(`It has never seen ${s}${p}, and reads the unknown word [UNK] instead.`)}return{tokens:o,ids:a,note:l.join(" ")}}var fe=30;function he(e){let{kernel:t,bias:r}=e.read_out;return{tokens:e.tokens,labels:e.labels,embedding:x(e.embedding),cells:[L(e.cell),L(e.backward_cell)],query:x(e.attention.query),kernel:x(e.attention.kernel),readOut:{kernel:x(t),bias:x(r)}}}function be({cells:e,embedding:t},r){let n=(i,l)=>{let s=K(i);return l.map(p=>({states:s}=U(i,t[p],s),s[0]))},o=n(e[0],r),a=n(e[1],[...r].reverse()).reverse();return o.map((i,l)=>Float64Array.from([...i,...a[l]]))}var X=(e,t)=>e.reduce((r,n,o)=>r+n*t[o],0);function ge(e,t,{query:r,root:n}){if(r===-1)return t.map(a=>X(w(a,e.kernel).map(Math.tanh),e.query));let o=n?Math.sqrt(t[0].length):1;return t.map(a=>X(a,t[r])/o)}function xe(e,t,r){let n=S(r),o=t[0].map((a,i)=>n.reduce((l,s,p)=>l+s*t[p][i],0));return{weights:n,context:o,shares:S(H(e.readOut,o))}}function we({model:e,el:t}){let r=he(e.get("network")),n,o,a,i=c("p",{className:"note",role:"status"}),l=c("input",{type:"text",value:e.get("text"),autocomplete:"off"}),s=c("select",{change:$}),p=c("input",{type:"checkbox",checked:!0,change:$}),h=c("label",{},p,"divide by √N"),g=c("table",{className:"grid"}),u=c("div",{className:"sum","aria-live":"polite"}),{root:N,start:q,end:A}=J(t,{name:"attend",question:"What is a weighted sum of states?",hint:"which words does the trained query look at? Then let a word ask, with and without √N."},m=>{a=m,o&&$()});function k(){n=Q(l.value,r.tokens,fe),o=be(r,n.ids),i.textContent=n.note;let m=s.selectedIndex;s.replaceChildren(c("option",{value:-1},"the trained query"),...n.tokens.map((f,b)=>c("option",{value:b},`the state at ${b+1}, “${f.slice(0,24)}”`))),s.selectedIndex=m>0&&m<=n.tokens.length?m:0,e.set("text",l.value),e.save_changes(),$()}function $(){let m={query:Number(s.value),root:p.checked};if(p.disabled=m.query===-1,!o.length){g.replaceChildren(),u.replaceChildren();return}let f=ge(r,o,m),{weights:b,context:z,shares:T}=xe(r,o,f),D=(d,y)=>{let _=c("span",{className:"cell"},C(d));return Object.assign(_.style,y),_.dataset.value=d,c("td",{},_)},Z=Math.max(...f.map(Math.abs),1e-9),ee=d=>{let y=c("button",{type:"button",className:"cell",tabIndex:d?-1:0,"aria-label":`let ${n.tokens[d]} ask`,"aria-pressed":String(m.query===d),click:()=>{s.value=m.query===d?-1:d,$(),g.querySelectorAll("button")[d].focus()}},m.query===d?"asks":"ask");return Object.assign(y.style,{background:"var(--paper)",color:"var(--ink)"}),c("td",{},y)},O=(d,y,_="")=>c("tr",{className:_},c("th",{scope:"row"},d),...y);g.replaceChildren(c("thead",{},c("tr",{},c("td"),...n.tokens.map(d=>c("th",{scope:"col"},d.slice(0,24))))),c("tbody",{},O("score",f.map(d=>D(d,R(d,Z,a))),"scores"),O("weight",b.map(d=>D(d,W(d,a))),"weights"),O("query",n.tokens.map((d,y)=>ee(y)))));let te=[...b.keys()].sort((d,y)=>b[y]-b[d]).slice(0,3).map(d=>`${C(b[d])} · h(${n.tokens[d].slice(0,24)})`),F=r.labels.length-1,re=m.query===-1?`From this sum it finds “${r.labels[F]}” ${C(100*T[F],1)} % likely.`:"The classifier was trained for its own query, so here it gives no answer.";u.replaceChildren(c("p",{},`The sum: ${te.join(" + ")}${b.length>3?" + …":""}. The weights add up to 1.`),c("p",{},`Its first numbers of ${z.length}: ${[...z.slice(0,4)].map(d=>C(d)).join(", ")}, …`),c("p",{className:"answer"},re)),u.dataset.value=T[F]}return l.addEventListener("input",k),N.append(c("label",{},"Your sentence",l),i,c("div",{className:"controls"},c("label",{},"Who asks?",s),h),c("div",{className:"scroll"},g),u),q(),k(),A}var ze={render:we};export{ze as default,he as load,xe as pooled,ge as scoresOf,be as statesOf};
