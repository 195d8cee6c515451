function oe(e){return Uint8Array.from(atob(e),n=>n.charCodeAt(0))}function g({shape:e,bits:n,data:t,scale:r}){let o=new DataView(oe(t).buffer),a=e.reduce((i,l)=>i*l,1),s=e.at(-1),c=new Float64Array(a);if(n===8){let i=g({shape:[s],bits:32,data:r});for(let l=0;l<a;l++)c[l]=o.getInt8(l)*i[l%s]}else for(let i=0;i<a;i++)c[i]=o.getFloat32(4*i,!0);return e.length===1?c:Array.from({length:a/s},(i,l)=>c.slice(l*s,(l+1)*s))}function x(e,n){let t=new Float64Array(n[0].length);for(let r=0;r<e.length;r++)if(e[r]!==0)for(let o=0;o<t.length;o++)t[o]+=e[r]*n[r][o];return t}function M(...e){return e[0].map((n,t)=>e.reduce((r,o)=>r+o[t],0))}function S(e){let n=Math.max(...e),t=Array.from(e,o=>Math.exp(o-n)),r=t.reduce((o,a)=>o+a,0);return t.map(o=>o/r)}function P({kernel:e,bias:n},t){return M(x(t,e),n)}var C=e=>1/(1+Math.exp(-e));function L(e){return{...e,kernel:g(e.kernel),recurrent_kernel:g(e.recurrent_kernel),bias:g(e.bias),units:e.recurrent_kernel.shape[0]}}function U({kind:e,units:n}){let t=()=>new Float64Array(n);return e==="lstm"?[t(),t()]:[t()]}function D(e,n,t){return{simple_rnn:ae,lstm:se,gru:ie}[e.kind](e,n,t)}function ae({kernel:e,recurrent_kernel:n,bias:t},r,[o]){return{states:[M(x(r,e),x(o,n),t).map(Math.tanh)],gates:{}}}var v=(e,n,t)=>e.slice(n*t,(n+1)*t);function se({kernel:e,recurrent_kernel:n,bias:t,units:r},o,[a,s]){let c=M(x(o,e),x(a,n),t),i=v(c,0,r).map(C),l=v(c,1,r).map(C),w=v(c,2,r).map(Math.tanh),m=v(c,3,r).map(C),h=s.map((N,k)=>l[k]*N+i[k]*w[k]);return{states:[h.map((N,k)=>m[k]*Math.tanh(N)),h],gates:{input_gate:i,forget_gate:l,candidate:w,output_gate:m}}}function ie(e,n,[t]){let{kernel:r,recurrent_kernel:o,bias:a,units:s}=e,c=e.reset_after,i=M(x(n,r),c?a[0]:a),l=x(t,o),w=c?M(l,a[1]):l,m=M(i,w),h=v(m,0,s).map(C),A=v(m,1,s).map(C),q=v(w,2,s).map((u,f)=>A[f]*u);c||(q=v(x(t.map((u,f)=>A[f]*u),o),2,s));let N=v(i,2,s).map((u,f)=>Math.tanh(u+q[f])),k=e.update_gate==="write";return{states:[t.map((u,f)=>{let b=k?1-h[f]:h[f];return b*u+(1-b)*N[f]})],gates:{update_gate:h,reset_gate:A,candidate:N}}}var O={light:{paper:"#ffffff",ink:"#222222",muted:"#595959",ghost:"#a6a6a6",categories:["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],signed:["#0067a3","#d55e00"],share:["#6fc4a5","#00734f"]},dark:{paper:"#14181e",ink:"#e6e6e6",muted:"#a8adb3",ghost:"#6b7178",categories:["#56b4e9","#ff8a3d","#2fc79b","#e3a0c8","#a5d8f5","#f2bf45"],signed:["#3d9fd6","#f07a20"],share:["#1b7559","#3fd6a8"]}};var B=e=>[1,3,5].map(n=>parseInt(e.slice(n,n+2),16));function j(e,n,t){let r=B(n);return B(e).map((o,a)=>Math.round(o+t*(r[a]-o)))}function ce(e){let n=e.map(t=>{let r=t/255;return r<=.03928?r/12.92:((r+.055)/1.055)**2.4});return .2126*n[0]+.7152*n[1]+.0722*n[2]}function K(e){let n=(ce(e)+.05)**2>.052500000000000005?"#000":"#fff";return{background:`rgb(${e.join(", ")})`,color:n}}function W(e,n,t){let{paper:r,signed:o}=O[t],a=Math.min(1,Math.abs(e)/n);return K(j(r,o[e<0?0:1],a))}function R(e,n){let{paper:t,share:[r,o]}=O[n],s=e<.5?j(t,r,2*e):j(r,o,2*e-1);return K(s)}function V(e){let{paper:n,ink:t,muted:r,ghost:o,share:[,a]}=O[e];return{"--paper":n,"--ink":t,"--muted":r,"--ghost":o,"--accent":a}}var Y=`.explorable-frame {
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
`;function p(e,n={},...t){let r=document.createElement(e);for(let[o,a]of Object.entries(n))typeof a=="function"?r.addEventListener(o,a):o in r&&o!=="list"?r[o]=a:r.setAttribute(o,a);return r.append(...t),r}function G(e){let n=e.documentElement.dataset.theme;if(n==="light"||n==="dark")return n;let t=e.body.dataset.jpThemeLight;return t?t==="true"?"light":"dark":matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"}function J(e,{name:n,question:t,hint:r},o){let a=p("section",{className:"explorable-frame","aria-label":t});a.dataset.name=n,a.append(p("style",{},Y),p("p",{className:"question"},t),p("p",{className:"hint"},p("strong",{},"Try: "),r)),a.addEventListener("keydown",m=>m.stopPropagation()),a.setAttribute("data-lm-suppress-shortcuts","true"),e.append(a);let s,c=()=>{if(G(document)!==s){s=G(document);for(let[m,h]of Object.entries(V(s)))a.style.setProperty(m,h);o(s)}},i=new MutationObserver(c);i.observe(document.documentElement,{attributes:!0,attributeFilter:["data-theme"]}),i.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light"]});let l=matchMedia("(prefers-color-scheme: dark)");return l.addEventListener("change",c),{root:a,start:c,end:()=>{i.disconnect(),l.removeEventListener("change",c),a.remove()}}}function Q(e){e.addEventListener("keydown",n=>{let t=[...e.querySelectorAll("tr")].map(l=>[...l.querySelectorAll("button")]).filter(l=>l.length),r=t.findIndex(l=>l.includes(n.target));if(r<0)return;let o=t[r].indexOf(n.target),a={ArrowLeft:[r,o-1],ArrowRight:[r,o+1],ArrowUp:[r-1,o],ArrowDown:[r+1,o],Home:[r,0],End:[r,t[r].length-1]},[s,c]=a[n.key]??[];if(s===void 0)return;n.preventDefault();let i=t[s]?.[c];if(i){for(let l of t.flat())l.tabIndex=-1;i.tabIndex=0,i.focus()}})}var I=(e,n=2)=>e.toFixed(n).replace(/^-(0(\.0*)?)$/,"$1").replace("-","−");function de(e){let n=new Intl.Segmenter("en",{granularity:"word"});return e.normalize("NFC").split(/\s+/u).filter(Boolean).flatMap(r=>Array.from(n.segment(r),o=>o.segment))}function ue(e,n){let t=new Map(n.map((o,a)=>[o,a]));for(let o of n.slice(0,4))t.delete(o);let r=e.filter(o=>!t.has(o));return{ids:e.map(o=>t.get(o)??1),unknown:[...new Set(r)]}}function X(e,n,t){let r=de(e),o=r.slice(0,t),{ids:a,unknown:s}=ue(o,n),c=[];if(r.length||c.push("Type a few words."),r.length>t&&c.push(`It reads the first ${t} of your ${r.length} words.`),s.length){let i=s.slice(0,6).map(w=>`“${w.slice(0,24)}”`).join(", "),l=s.length>6?` and ${s.length-6} more`:"";c.push(`It has never seen ${i}${l}, and reads the unknown word [UNK] instead.`)}return{tokens:o,ids:a,note:c.join(" ")}}var me=30;function fe(e){let{kernel:n,bias:t}=e.read_out;return{tokens:e.tokens,labels:e.labels,embedding:g(e.embedding),cells:[L(e.cell),L(e.backward_cell)],query:g(e.attention.query),kernel:g(e.attention.kernel),readOut:{kernel:g(n),bias:g(t)}}}function he({cells:e,embedding:n},t){let r=(s,c)=>{let i=U(s);return c.map(l=>({states:i}=D(s,n[l],i),i[0]))},o=r(e[0],t),a=r(e[1],[...t].reverse()).reverse();return o.map((s,c)=>Float64Array.from([...s,...a[c]]))}var Z=(e,n)=>e.reduce((t,r,o)=>t+r*n[o],0);function be(e,n,{query:t,root:r}){if(t===-1)return n.map(a=>Z(x(a,e.kernel).map(Math.tanh),e.query));let o=r?Math.sqrt(n[0].length):1;return n.map(a=>Z(a,n[t])/o)}function ge(e,n,t){let r=S(t),o=n[0].map((a,s)=>r.reduce((c,i,l)=>c+i*n[l][s],0));return{weights:r,context:o,shares:S(P(e.readOut,o))}}function xe({model:e,el:n}){let t=fe(e.get("network")),r,o,a,s=p("p",{className:"note",role:"status"}),c=p("input",{type:"text",value:e.get("text"),autocomplete:"off"}),i=p("select",{change:$}),l=p("input",{type:"checkbox",checked:!0,change:$}),w=p("label",{},l,"divide by √N"),m=p("table",{className:"grid"}),h=p("div",{className:"sum","aria-live":"polite"}),{root:A,start:q,end:N}=J(n,{name:"attend",question:"What is a weighted sum of states?",hint:"which words does the trained query look at? Then let a word ask, with and without √N."},u=>{a=u,o&&$()});function k(){r=X(c.value,t.tokens,me),o=he(t,r.ids),s.textContent=r.note;let u=i.selectedIndex;i.replaceChildren(p("option",{value:-1},"the trained query"),...r.tokens.map((f,b)=>p("option",{value:b},`the state at ${b+1}, “${f.slice(0,24)}”`))),i.selectedIndex=u>0&&u<=r.tokens.length?u:0,e.set("text",c.value),e.save_changes(),$()}function $(){let u={query:Number(i.value),root:l.checked};if(l.disabled=u.query===-1,!o.length){m.replaceChildren(),h.replaceChildren();return}let f=be(t,o,u),{weights:b,context:z,shares:T}=ge(t,o,f),H=(d,y)=>{let _=p("span",{className:"cell"},I(d));return Object.assign(_.style,y),_.dataset.value=d,p("td",{},_)},ee=Math.max(...f.map(Math.abs),1e-9),te=d=>{let y=p("button",{type:"button",className:"cell",tabIndex:d?-1:0,"aria-label":`let ${r.tokens[d]} ask`,"aria-pressed":String(u.query===d),click:()=>{i.value=u.query===d?-1:d,$(),m.querySelectorAll("button")[d].focus()}},u.query===d?"asks":"ask");return Object.assign(y.style,{background:"var(--paper)",color:"var(--ink)"}),p("td",{},y)},E=(d,y,_="")=>p("tr",{className:_},p("th",{scope:"row"},d),...y);m.replaceChildren(p("thead",{},p("tr",{},p("td"),...r.tokens.map(d=>p("th",{scope:"col"},d.slice(0,24))))),p("tbody",{},E("score",f.map(d=>H(d,W(d,ee,a))),"scores"),E("weight",b.map(d=>H(d,R(d,a))),"weights"),E("query",r.tokens.map((d,y)=>te(y)))));let re=[...b.keys()].sort((d,y)=>b[y]-b[d]).slice(0,3).map(d=>`${I(b[d])} · h(${r.tokens[d].slice(0,24)})`),F=t.labels.length-1,ne=u.query===-1?`From this sum it finds “${t.labels[F]}” ${I(100*T[F],1)} % likely.`:"The classifier was trained for its own query, so here it gives no answer.";h.replaceChildren(p("p",{},`The sum: ${re.join(" + ")}${b.length>3?" + …":""}. The weights add up to 1.`),p("p",{},`Its first numbers of ${z.length}: ${[...z.slice(0,4)].map(d=>I(d)).join(", ")}, …`),p("p",{className:"answer"},ne)),h.dataset.value=T[F]}return c.addEventListener("input",k),Q(m),A.append(p("label",{},"Your sentence",c),s,p("div",{className:"controls"},p("label",{},"Who asks?",i),w),p("div",{className:"scroll"},m),h),q(),k(),N}var je={render:xe};export{je as default,fe as load,ge as pooled,be as scoresOf,he as statesOf};
