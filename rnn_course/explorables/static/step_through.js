function oe(e){return Uint8Array.from(atob(e),n=>n.charCodeAt(0))}function A({shape:e,bits:n,data:r,scale:o}){let t=new DataView(oe(r).buffer),a=e.reduce((p,l)=>p*l,1),i=e.at(-1),s=new Float64Array(a);if(n===8){let p=A({shape:[i],bits:32,data:o});for(let l=0;l<a;l++)s[l]=t.getInt8(l)*p[l%i]}else for(let p=0;p<a;p++)s[p]=t.getFloat32(4*p,!0);return e.length===1?s:Array.from({length:a/i},(p,l)=>s.slice(l*i,(l+1)*i))}function v(e,n){let r=new Float64Array(n[0].length);for(let o=0;o<e.length;o++)if(e[o]!==0)for(let t=0;t<r.length;t++)r[t]+=e[o]*n[o][t];return r}function N(...e){return e[0].map((n,r)=>e.reduce((o,t)=>o+t[r],0))}function T(e){let n=Math.max(...e),r=Array.from(e,t=>Math.exp(t-n)),o=r.reduce((t,a)=>t+a,0);return r.map(t=>t/o)}function D({kernel:e,bias:n},r){return N(v(r,e),n)}var F=e=>1/(1+Math.exp(-e));function W(e){return{...e,kernel:A(e.kernel),recurrent_kernel:A(e.recurrent_kernel),bias:A(e.bias),units:e.recurrent_kernel.shape[0]}}function K({kind:e,units:n}){let r=()=>new Float64Array(n);return e==="lstm"?[r(),r()]:[r()]}function R(e,n,r){return{simple_rnn:ae,lstm:se,gru:ie}[e.kind](e,n,r)}function ae({kernel:e,recurrent_kernel:n,bias:r},o,[t]){return{states:[N(v(o,e),v(t,n),r).map(Math.tanh)],gates:{}}}var _=(e,n,r)=>e.slice(n*r,(n+1)*r);function se({kernel:e,recurrent_kernel:n,bias:r,units:o},t,[a,i]){let s=N(v(t,e),v(a,n),r),p=_(s,0,o).map(F),l=_(s,1,o).map(F),u=_(s,2,o).map(Math.tanh),m=_(s,3,o).map(F),f=i.map((C,y)=>l[y]*C+p[y]*u[y]);return{states:[f.map((C,y)=>m[y]*Math.tanh(C)),f],gates:{input_gate:p,forget_gate:l,candidate:u,output_gate:m}}}function ie(e,n,[r]){let{kernel:o,recurrent_kernel:t,bias:a,units:i}=e,s=e.reset_after,p=N(v(n,o),s?a[0]:a),l=v(r,t),u=s?N(l,a[1]):l,m=N(p,u),f=_(m,0,i).map(F),E=_(m,1,i).map(F),M=_(u,2,i).map((w,x)=>E[x]*w);s||(M=_(v(r.map((w,x)=>E[x]*w),t),2,i));let C=_(p,2,i).map((w,x)=>Math.tanh(w+M[x])),y=e.update_gate==="write";return{states:[r.map((w,x)=>{let d=y?1-f[x]:f[x];return d*w+(1-d)*C[x]})],gates:{update_gate:f,reset_gate:E,candidate:C}}}var j={light:{paper:"#ffffff",ink:"#222222",muted:"#595959",ghost:"#a6a6a6",categories:["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],signed:["#0067a3","#d55e00"],share:["#6fc4a5","#00734f"]},dark:{paper:"#14181e",ink:"#e6e6e6",muted:"#a8adb3",ghost:"#6b7178",categories:["#56b4e9","#ff8a3d","#2fc79b","#e3a0c8","#a5d8f5","#f2bf45"],signed:["#3d9fd6","#f07a20"],share:["#1b7559","#3fd6a8"]}};var V=e=>[1,3,5].map(n=>parseInt(e.slice(n,n+2),16));function P(e,n,r){let o=V(n);return V(e).map((t,a)=>Math.round(t+r*(o[a]-t)))}function ce(e){let n=e.map(r=>{let o=r/255;return o<=.03928?o/12.92:((o+.055)/1.055)**2.4});return .2126*n[0]+.7152*n[1]+.0722*n[2]}function Y(e){let n=(ce(e)+.05)**2>.052500000000000005?"#000":"#fff";return{background:`rgb(${e.join(", ")})`,color:n}}function G(e,n,r){let{paper:o,signed:t}=j[r],a=Math.min(1,Math.abs(e)/n);return Y(P(o,t[e<0?0:1],a))}function J(e,n){let{paper:r,share:[o,t]}=j[n],i=e<.5?P(r,o,2*e):P(o,t,2*e-1);return Y(i)}function Q(e){let{paper:n,ink:r,muted:o,ghost:t,share:[,a]}=j[e];return{"--paper":n,"--ink":r,"--muted":o,"--ghost":t,"--accent":a}}var X=`.explorable-frame {
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
`;function c(e,n={},...r){let o=document.createElement(e);for(let[t,a]of Object.entries(n))typeof a=="function"?o.addEventListener(t,a):t in o&&t!=="list"?o[t]=a:o.setAttribute(t,a);return o.append(...r),o}function Z(e){let n=e.documentElement.dataset.theme;if(n==="light"||n==="dark")return n;let r=e.body.dataset.jpThemeLight;return r?r==="true"?"light":"dark":matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"}function ee(e,{name:n,question:r,hint:o},t){let a=c("section",{className:"explorable-frame","aria-label":r});a.dataset.name=n,a.append(c("style",{},X),c("p",{className:"question"},r),c("p",{className:"hint"},c("strong",{},"Try: "),o)),a.addEventListener("keydown",m=>m.stopPropagation()),a.setAttribute("data-lm-suppress-shortcuts","true"),e.append(a);let i,s=()=>{if(Z(document)!==i){i=Z(document);for(let[m,f]of Object.entries(Q(i)))a.style.setProperty(m,f);t(i)}},p=new MutationObserver(s);p.observe(document.documentElement,{attributes:!0,attributeFilter:["data-theme"]}),p.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light"]});let l=matchMedia("(prefers-color-scheme: dark)");return l.addEventListener("change",s),{root:a,start:s,end:()=>{p.disconnect(),l.removeEventListener("change",s),a.remove()}}}function te(e,n,r,o=700){let t=0,a,i=c("input",{type:"range",min:0,input:()=>m(Number(i.value))}),s=c("button",{type:"button",click:()=>a?f():E()},"Play"),p=c("span"),l=c("div",{className:"controls",role:"group","aria-label":"Steps"},c("button",{type:"button","aria-label":"One step back",click:()=>m(t-1)},"◀"),s,c("button",{type:"button","aria-label":"One step on",click:()=>m(t+1)},"▶"),c("label",{},p,i));function u(M){t=Math.max(0,Math.min(n(),M)),i.max=n(),i.value=t,p.textContent=e(t),i.setAttribute("aria-valuetext",e(t)),r(t)}function m(M){f(),u(M)}function f(){clearInterval(a),a=void 0,s.textContent="Play"}function E(){n()&&(t>=n()&&u(0),s.textContent="Pause",a=setInterval(()=>{u(t+1),t>=n()&&f()},o))}return{controls:l,go:m,stop:f,now:()=>t}}function re(e){e.addEventListener("keydown",n=>{let r=[...e.querySelectorAll("tr")].map(l=>[...l.querySelectorAll("button")]).filter(l=>l.length),o=r.findIndex(l=>l.includes(n.target));if(o<0)return;let t=r[o].indexOf(n.target),a={ArrowLeft:[o,t-1],ArrowRight:[o,t+1],ArrowUp:[o-1,t],ArrowDown:[o+1,t],Home:[o,0],End:[o,r[o].length-1]},[i,s]=a[n.key]??[];if(i===void 0)return;n.preventDefault();let p=r[i]?.[s];if(p){for(let l of r.flat())l.tabIndex=-1;p.tabIndex=0,p.focus()}})}var $=(e,n=2)=>e.toFixed(n).replace(/^-(0(\.0*)?)$/,"$1").replace("-","−");function de(e){let n=new Intl.Segmenter("en",{granularity:"word"});return e.normalize("NFC").split(/\s+/u).filter(Boolean).flatMap(o=>Array.from(n.segment(o),t=>t.segment))}function ue(e,n){let r=new Map(n.map((t,a)=>[t,a]));for(let t of n.slice(0,4))r.delete(t);let o=e.filter(t=>!r.has(t));return{ids:e.map(t=>r.get(t)??1),unknown:[...new Set(o)]}}function ne(e,n,r){let o=de(e),t=o.slice(0,r),{ids:a,unknown:i}=ue(t,n),s=[];if(o.length||s.push("Type a few words."),o.length>r&&s.push(`It reads the first ${r} of your ${o.length} words.`),i.length){let p=i.slice(0,6).map(u=>`“${u.slice(0,24)}”`).join(", "),l=i.length>6?` and ${i.length-6} more`:"";s.push(`It has never seen ${p}${l}, and reads the unknown word [UNK] instead.`)}return{tokens:t,ids:a,note:s.join(" ")}}var me=40;function fe(e){let{kernel:n,bias:r}=e.read_out;return{tokens:e.tokens,labels:e.labels,embedding:A(e.embedding),cell:W(e.cell),readOut:{kernel:A(n),bias:A(r)}}}function he(e,n){let r=K(e.cell);return n.map(o=>{let t=r[0];return{states:r}=R(e.cell,e.embedding[o],r),{before:t,state:r[0],shares:T(D(e.readOut,r[0]))}})}function be({cell:e,embedding:n},r,o,t){let a=v(n[r],e.kernel)[t],i=Array.from(o,(p,l)=>p*e.recurrent_kernel[l][t]),s=e.bias[t];return{word:a,units:i,bias:s,total:N([a],[i.reduce((p,l)=>p+l,0)],[s])[0]}}function ge({model:e,el:n}){let r=fe(e.get("network")),o=r.cell.units,t,a,i,s,p=c("p",{className:"note",role:"status"}),l=c("input",{type:"text",value:e.get("text"),autocomplete:"off"}),u=c("table",{className:"grid"}),m=c("div",{className:"sum","aria-live":"polite"}),f=te(d=>d?`Word ${d} of ${a.length}`:"Before the first word",()=>a.length,U),{root:E,start:M,end:C}=ee(n,{name:"step_through",question:"What does a state hold after each word?",hint:"play it and watch where the answer turns; then take “not” out. Choose a number to see the sum behind it."},d=>{i=d,a&&U(f.now())});function y(){t=ne(l.value,r.tokens,me),a=he(r,t.ids),p.textContent=t.note,s=void 0,f.go(a.length),e.set("text",l.value),e.save_changes()}function U(d){let I=u.contains(document.activeElement);s&&s.at>=d&&(s=void 0);let B=t.tokens.map((h,g)=>c("th",{scope:"col",className:g===d-1?"now":g<d?"":"ahead"},h.slice(0,24))),q=h=>a.map(({state:g},b)=>{if(b>=d)return c("td");let k=c("button",{type:"button",className:"cell",tabIndex:-1,click:()=>w(h,b),focus:()=>w(h,b),mouseenter:()=>w(h,b),"aria-label":`unit ${h+1} after ${t.tokens[b]}: ${$(g[h])}`},$(g[h]));return Object.assign(k.style,G(g[h],1,i)),k.dataset.value=g[h],c("td",{},k)}),O=r.labels.length-1,L=a.map(({shares:h},g)=>{if(g>=d)return c("td");let b=c("span",{className:"cell"},`${Math.round(100*h[O])} %`);return Object.assign(b.style,J(h[O],i)),b.dataset.value=h[O],c("td",{},b)}),H=Array.from({length:o},(h,g)=>c("tr",{},c("th",{scope:"row"},`unit ${g+1}`),...q(g)));u.replaceChildren(c("thead",{},c("tr",{},c("td"),...B)),c("tbody",{},...H,c("tr",{className:"answers"},c("th",{scope:"row"},r.labels[O]),...L)));let S=u.querySelectorAll("button"),z=s?s.unit*d+s.at:0;S[z]&&(S[z].tabIndex=0,I&&S[z].focus()),x()}function w(d,I){s={unit:d,at:I},x()}function x(){if(!s){m.replaceChildren(c("p",{},"Each column is the state after one word."));return}let{unit:d,at:I}=s,{before:B,state:q}=a[I],{word:O,units:L,bias:H,total:S}=be(r,t.ids[I],B,d),z=t.tokens[I].slice(0,24),h=L.map((b,k)=>({value:b,k})).sort((b,k)=>Math.abs(k.value)-Math.abs(b.value)).slice(0,3).map(({value:b,k})=>`${$(b)} from unit ${k+1}`),g=L.reduce((b,k)=>b+k,0);m.replaceChildren(c("p",{},c("strong",{},`unit ${d+1} after “${z}”`),` = tanh(${$(S)}) = ${$(q[d])}`),c("p",{},`${$(S)} = ${$(O)} from the word (W x) + ${$(g)} from the state before (U h) + ${$(H)} (b)`),c("p",{},I?`The largest parts of U h: ${h.join(", ")}.`:"Before the first word the state is all zeros."))}return l.addEventListener("input",y),re(u),E.append(c("label",{},"Your sentence",l),p,f.controls,c("div",{className:"scroll"},u),m),M(),y(),()=>{f.stop(),C()}}var Fe={render:ge};export{Fe as default,fe as load,he as run,be as sumBehind};
