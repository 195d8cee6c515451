function ne(e){return Uint8Array.from(atob(e),t=>t.charCodeAt(0))}function M({shape:e,bits:t,data:r,scale:o}){let n=new DataView(ne(r).buffer),a=e.reduce((l,p)=>l*p,1),i=e.at(-1),s=new Float64Array(a);if(t===8){let l=M({shape:[i],bits:32,data:o});for(let p=0;p<a;p++)s[p]=n.getInt8(p)*l[p%i]}else for(let l=0;l<a;l++)s[l]=n.getFloat32(4*l,!0);return e.length===1?s:Array.from({length:a/i},(l,p)=>s.slice(p*i,(p+1)*i))}function k(e,t){let r=new Float64Array(t[0].length);for(let o=0;o<e.length;o++)if(e[o]!==0)for(let n=0;n<r.length;n++)r[n]+=e[o]*t[o][n];return r}function E(...e){return e[0].map((t,r)=>e.reduce((o,n)=>o+n[r],0))}function q(e){let t=Math.max(...e),r=Array.from(e,n=>Math.exp(n-t)),o=r.reduce((n,a)=>n+a,0);return r.map(n=>n/o)}function P({kernel:e,bias:t},r){return E(k(r,e),t)}var F=e=>1/(1+Math.exp(-e));function T(e){return{...e,kernel:M(e.kernel),recurrent_kernel:M(e.recurrent_kernel),bias:M(e.bias),units:e.recurrent_kernel.shape[0]}}function W({kind:e,units:t}){let r=()=>new Float64Array(t);return e==="lstm"?[r(),r()]:[r()]}function R(e,t,r){return{simple_rnn:oe,lstm:ae,gru:se}[e.kind](e,t,r)}function oe({kernel:e,recurrent_kernel:t,bias:r},o,[n]){return{states:[E(k(o,e),k(n,t),r).map(Math.tanh)],gates:{}}}var _=(e,t,r)=>e.slice(t*r,(t+1)*r);function ae({kernel:e,recurrent_kernel:t,bias:r,units:o},n,[a,i]){let s=E(k(n,e),k(a,t),r),l=_(s,0,o).map(F),p=_(s,1,o).map(F),m=_(s,2,o).map(Math.tanh),h=_(s,3,o).map(F),d=i.map((C,A)=>p[A]*C+l[A]*m[A]);return{states:[d.map((C,A)=>h[A]*Math.tanh(C)),d],gates:{input_gate:l,forget_gate:p,candidate:m,output_gate:h}}}function se(e,t,[r]){let{kernel:o,recurrent_kernel:n,bias:a,units:i}=e,s=e.reset_after,l=E(k(t,o),s?a[0]:a),p=k(r,n),m=s?E(p,a[1]):p,h=E(l,m),d=_(h,0,i).map(F),v=_(h,1,i).map(F),$=_(m,2,i).map((w,x)=>v[x]*w);s||($=_(k(r.map((w,x)=>v[x]*w),n),2,i));let C=_(l,2,i).map((w,x)=>Math.tanh(w+$[x])),A=e.update_gate==="write";return{states:[r.map((w,x)=>{let u=A?1-d[x]:d[x];return u*w+(1-u)*C[x]})],gates:{update_gate:d,reset_gate:v,candidate:C}}}var U={light:{paper:"#ffffff",ink:"#222222",muted:"#595959",ghost:"#a6a6a6",categories:["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],signed:["#0067a3","#d55e00"],share:["#6fc4a5","#00734f"]},dark:{paper:"#14181e",ink:"#e6e6e6",muted:"#a8adb3",ghost:"#6b7178",categories:["#56b4e9","#ff8a3d","#2fc79b","#e3a0c8","#a5d8f5","#f2bf45"],signed:["#3d9fd6","#f07a20"],share:["#1b7559","#3fd6a8"]}};var V=e=>[1,3,5].map(t=>parseInt(e.slice(t,t+2),16));function K(e,t,r){let o=V(t);return V(e).map((n,a)=>Math.round(n+r*(o[a]-n)))}function le(e){let t=e.map(r=>{let o=r/255;return o<=.03928?o/12.92:((o+.055)/1.055)**2.4});return .2126*t[0]+.7152*t[1]+.0722*t[2]}function Y(e){let t=(le(e)+.05)**2>.052500000000000005?"#000":"#fff";return{background:`rgb(${e.join(", ")})`,color:t}}function G(e,t,r){let{paper:o,signed:n}=U[r],a=Math.min(1,Math.abs(e)/t);return Y(K(o,n[e<0?0:1],a))}function J(e,t){let{paper:r,share:[o,n]}=U[t],i=e<.5?K(r,o,2*e):K(o,n,2*e-1);return Y(i)}function Q(e){let{paper:t,ink:r,muted:o,ghost:n,share:[,a]}=U[e];return{"--paper":t,"--ink":r,"--muted":o,"--ghost":n,"--accent":a}}var X=`.explorable-frame {
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
`;function c(e,t={},...r){let o=document.createElement(e);for(let[n,a]of Object.entries(t))typeof a=="function"?o.addEventListener(n,a):n in o&&n!=="list"?o[n]=a:o.setAttribute(n,a);return o.append(...r),o}function Z(e){let t=e.documentElement.dataset.theme;if(t==="light"||t==="dark")return t;let r=e.body.dataset.jpThemeLight;return r?r==="true"?"light":"dark":matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"}function pe(e){let t=e.target;if(t.type!=="range")return;let{min:r,max:o,step:n}=t,a=Number(n)||1,i={ArrowLeft:t.valueAsNumber-a,ArrowDown:t.valueAsNumber-a,ArrowRight:t.valueAsNumber+a,ArrowUp:t.valueAsNumber+a,Home:Number(r),End:Number(o)}[e.key];i!==void 0&&(e.preventDefault(),t.value=i,t.dispatchEvent(new Event("input",{bubbles:!0})))}function de(e){let t=[...e.target.closest("table")?.querySelectorAll("tr")??[]].map(l=>[...l.querySelectorAll("button")]).filter(l=>l.length),r=t.findIndex(l=>l.includes(e.target));if(r<0)return;let o=t[r].indexOf(e.target),n={ArrowLeft:[r,o-1],ArrowRight:[r,o+1],ArrowUp:[r-1,o],ArrowDown:[r+1,o],Home:[r,0],End:[r,t[r].length-1]},[a,i]=n[e.key]??[];if(a===void 0)return;e.preventDefault();let s=t[a]?.[i];if(s){for(let l of t.flat())l.tabIndex=-1;s.tabIndex=0,s.focus()}}function ee(e,{name:t,question:r,hint:o},n){let a=c("section",{className:"explorable-frame","aria-label":r});a.dataset.name=t,a.append(c("style",{},X),c("p",{className:"question"},r),c("p",{className:"hint"},c("strong",{},"Try: "),o));let i=d=>{!a.contains(d.target)||d.ctrlKey||d.metaKey||d.altKey||(d.stopPropagation(),pe(d),de(d))};window.addEventListener("keydown",i,!0),a.setAttribute("data-lm-suppress-shortcuts","true"),e.append(a);let s,l=()=>{if(Z(document)!==s){s=Z(document);for(let[d,v]of Object.entries(Q(s)))a.style.setProperty(d,v);n(s)}},p=new MutationObserver(l);p.observe(document.documentElement,{attributes:!0,attributeFilter:["data-theme"]}),p.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light"]});let m=matchMedia("(prefers-color-scheme: dark)");return m.addEventListener("change",l),{root:a,start:l,end:()=>{window.removeEventListener("keydown",i,!0),p.disconnect(),m.removeEventListener("change",l),a.remove()}}}function te(e,t,r,o=700){let n=0,a,i=c("input",{type:"range",min:0,input:()=>h(Number(i.value))}),s=c("button",{type:"button",click:()=>a?d():v()},"Play"),l=c("span"),p=c("div",{className:"controls",role:"group","aria-label":"Steps"},c("button",{type:"button","aria-label":"One step back",click:()=>h(n-1)},"◀"),s,c("button",{type:"button","aria-label":"One step on",click:()=>h(n+1)},"▶"),c("label",{},l,i));function m($){n=Math.max(0,Math.min(t(),$)),i.max=t(),i.value=n,l.textContent=e(n),i.setAttribute("aria-valuetext",e(n)),r(n)}function h($){d(),m($)}function d(){clearInterval(a),a=void 0,s.textContent="Play"}function v(){t()&&(n>=t()&&m(0),s.textContent="Pause",a=setInterval(()=>{m(n+1),n>=t()&&d()},o))}return{controls:p,go:h,stop:d,now:()=>n}}var N=(e,t=2)=>e.toFixed(t).replace(/^-(0(\.0*)?)$/,"$1").replace("-","−");function ue(e){let t=new Intl.Segmenter("en",{granularity:"word"});return e.normalize("NFC").split(/\s+/u).filter(Boolean).flatMap(o=>Array.from(t.segment(o),n=>n.segment))}function me(e,t){let r=new Map(t.map((n,a)=>[n,a]));for(let n of t.slice(0,4))r.delete(n);let o=e.filter(n=>!r.has(n));return{ids:e.map(n=>r.get(n)??1),unknown:[...new Set(o)]}}function re(e,t,r){let o=ue(e),n=o.slice(0,r),{ids:a,unknown:i}=me(n,t),s=[];if(o.length||s.push("Type a few words."),o.length>r&&s.push(`It reads the first ${r} of your ${o.length} words.`),i.length){let l=i.slice(0,6).map(m=>`“${m.slice(0,24)}”`).join(", "),p=i.length>6?` and ${i.length-6} more`:"";s.push(`It has never seen ${l}${p}, and reads the unknown word [UNK] instead.`)}return{tokens:n,ids:a,note:s.join(" ")}}var fe=40;function be(e){let{kernel:t,bias:r}=e.read_out;return{tokens:e.tokens,labels:e.labels,embedding:M(e.embedding),cell:T(e.cell),readOut:{kernel:M(t),bias:M(r)}}}function he(e,t){let r=W(e.cell);return t.map(o=>{let n=r[0];return{states:r}=R(e.cell,e.embedding[o],r),{before:n,state:r[0],shares:q(P(e.readOut,r[0]))}})}function ge({cell:e,embedding:t},r,o,n){let a=k(t[r],e.kernel)[n],i=Array.from(o,(l,p)=>l*e.recurrent_kernel[p][n]),s=e.bias[n];return{word:a,units:i,bias:s,total:E([a],[i.reduce((l,p)=>l+p,0)],[s])[0]}}function xe({model:e,el:t}){let r=be(e.get("network")),o=r.cell.units,n,a,i,s,l=c("p",{className:"note",role:"status"}),p=c("input",{type:"text",value:e.get("text"),autocomplete:"off"}),m=c("table",{className:"grid"}),h=c("div",{className:"sum","aria-live":"polite"}),d=te(u=>u?`Word ${u} of ${a.length}`:"Before the first word",()=>a.length,j),{root:v,start:$,end:C}=ee(t,{name:"step_through",question:"What does a state hold after each word?",hint:"play it and watch where the answer turns; then take “not” out. Choose a number to see the sum behind it."},u=>{i=u,a&&j(d.now())});function A(){n=re(p.value,r.tokens,fe),a=he(r,n.ids),l.textContent=n.note,s=void 0,d.go(a.length),e.set("text",p.value),e.save_changes()}function j(u){let I=m.contains(document.activeElement);s&&s.at>=u&&(s=void 0);let B=n.tokens.map((f,g)=>c("th",{scope:"col",className:g===u-1?"now":g<u?"":"ahead"},f.slice(0,24))),D=f=>a.map(({state:g},b)=>{if(b>=u)return c("td");let y=c("button",{type:"button",className:"cell",tabIndex:-1,click:()=>w(f,b),focus:()=>w(f,b),mouseenter:()=>w(f,b),"aria-label":`unit ${f+1} after ${n.tokens[b]}: ${N(g[f])}`},N(g[f]));return Object.assign(y.style,G(g[f],1,i)),y.dataset.value=g[f],c("td",{},y)}),O=r.labels.length-1,L=a.map(({shares:f},g)=>{if(g>=u)return c("td");let b=c("span",{className:"cell"},`${Math.round(100*f[O])} %`);return Object.assign(b.style,J(f[O],i)),b.dataset.value=f[O],c("td",{},b)}),H=Array.from({length:o},(f,g)=>c("tr",{},c("th",{scope:"row"},`unit ${g+1}`),...D(g)));m.replaceChildren(c("thead",{},c("tr",{},c("td"),...B)),c("tbody",{},...H,c("tr",{className:"answers"},c("th",{scope:"row"},r.labels[O]),...L)));let S=m.querySelectorAll("button"),z=s?s.unit*u+s.at:0;S[z]&&(S[z].tabIndex=0,I&&S[z].focus()),x()}function w(u,I){s={unit:u,at:I},x()}function x(){if(!s){h.replaceChildren(c("p",{},"Each column is the state after one word."));return}let{unit:u,at:I}=s,{before:B,state:D}=a[I],{word:O,units:L,bias:H,total:S}=ge(r,n.ids[I],B,u),z=n.tokens[I].slice(0,24),f=L.map((b,y)=>({value:b,k:y})).sort((b,y)=>Math.abs(y.value)-Math.abs(b.value)).slice(0,3).map(({value:b,k:y})=>`${N(b)} from unit ${y+1}`),g=L.reduce((b,y)=>b+y,0);h.replaceChildren(c("p",{},c("strong",{},`unit ${u+1} after “${z}”`),` = tanh(${N(S)}) = ${N(D[u])}`),c("p",{},`${N(S)} = ${N(O)} from the word (W x) + ${N(g)} from the state before (U h) + ${N(H)} (b)`),c("p",{},I?`The largest parts of U h: ${f.join(", ")}.`:"Before the first word the state is all zeros."))}return p.addEventListener("input",A),v.append(c("label",{},"Your sentence",p),l,d.controls,c("div",{className:"scroll"},m),h),$(),A(),()=>{d.stop(),C()}}var Le={render:xe};export{Le as default,be as load,he as run,ge as sumBehind};
