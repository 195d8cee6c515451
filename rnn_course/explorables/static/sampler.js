function ie(e){return Uint8Array.from(atob(e),r=>r.charCodeAt(0))}function y({shape:e,bits:r,data:t,scale:n}){let o=new DataView(ie(t).buffer),a=e.reduce((u,s)=>u*s,1),p=e.at(-1),i=new Float64Array(a);if(r===8){let u=y({shape:[p],bits:32,data:n});for(let s=0;s<a;s++)i[s]=o.getInt8(s)*u[s%p]}else for(let u=0;u<a;u++)i[u]=o.getFloat32(4*u,!0);return e.length===1?i:Array.from({length:a/p},(u,s)=>i.slice(s*p,(s+1)*p))}function N(e,r){let t=new Float64Array(r[0].length);for(let n=0;n<e.length;n++)if(e[n]!==0)for(let o=0;o<t.length;o++)t[o]+=e[n]*r[n][o];return t}function E(...e){return e[0].map((r,t)=>e.reduce((n,o)=>n+o[t],0))}function F(e){let r=Math.max(...e),t=Array.from(e,o=>Math.exp(o-r)),n=t.reduce((o,a)=>o+a,0);return t.map(o=>o/n)}function q({kernel:e,bias:r},t){return E(N(t,e),r)}var S=e=>1/(1+Math.exp(-e));function B(e){return{...e,kernel:y(e.kernel),recurrent_kernel:y(e.recurrent_kernel),bias:y(e.bias),units:e.recurrent_kernel.shape[0]}}function G({kind:e,units:r}){let t=()=>new Float64Array(r);return e==="lstm"?[t(),t()]:[t()]}function K(e,r,t){return{simple_rnn:se,lstm:le,gru:ce}[e.kind](e,r,t)}function se({kernel:e,recurrent_kernel:r,bias:t},n,[o]){return{states:[E(N(n,e),N(o,r),t).map(Math.tanh)],gates:{}}}var I=(e,r,t)=>e.slice(r*t,(r+1)*t);function le({kernel:e,recurrent_kernel:r,bias:t,units:n},o,[a,p]){let i=E(N(o,e),N(a,r),t),u=I(i,0,n).map(S),s=I(i,1,n).map(S),f=I(i,2,n).map(Math.tanh),l=I(i,3,n).map(S),m=p.map((M,w)=>s[w]*M+u[w]*f[w]);return{states:[m.map((M,w)=>l[w]*Math.tanh(M)),m],gates:{input_gate:u,forget_gate:s,candidate:f,output_gate:l}}}function ce(e,r,[t]){let{kernel:n,recurrent_kernel:o,bias:a,units:p}=e,i=e.reset_after,u=E(N(r,n),i?a[0]:a),s=N(t,o),f=i?E(s,a[1]):s,l=E(u,f),m=I(l,0,p).map(S),A=I(l,1,p).map(S),$=I(f,2,p).map((k,x)=>A[x]*k);i||($=I(N(t.map((k,x)=>A[x]*k),o),2,p));let M=I(u,2,p).map((k,x)=>Math.tanh(k+$[x])),w=e.update_gate==="write";return{states:[t.map((k,x)=>{let j=w?1-m[x]:m[x];return j*k+(1-j)*M[x]})],gates:{update_gate:m,reset_gate:A,candidate:M}}}var R=`.explorable-frame {
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
`;var V={light:{paper:"#ffffff",ink:"#222222",muted:"#595959",ghost:"#a6a6a6",categories:["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],signed:["#0067a3","#d55e00"],share:["#6fc4a5","#00734f"]},dark:{paper:"#14181e",ink:"#e6e6e6",muted:"#a8adb3",ghost:"#6b7178",categories:["#56b4e9","#ff8a3d","#2fc79b","#e3a0c8","#a5d8f5","#f2bf45"],signed:["#3d9fd6","#f07a20"],share:["#1b7559","#3fd6a8"]}};function J(e){let{paper:r,ink:t,muted:n,ghost:o,share:[,a]}=V[e];return{"--paper":r,"--ink":t,"--muted":n,"--ghost":o,"--accent":a}}function c(e,r={},...t){let n=document.createElement(e);for(let[o,a]of Object.entries(r))typeof a=="function"?n.addEventListener(o,a):o in n&&o!=="list"?n[o]=a:n.setAttribute(o,a);return n.append(...t),n}function Q(e){let r=e.documentElement.dataset.theme;if(r==="light"||r==="dark")return r;let t=e.body.dataset.jpThemeLight;return t?t==="true"?"light":"dark":matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"}function X(e,{name:r,question:t,hint:n},o){let a=c("section",{className:"explorable-frame","aria-label":t});a.dataset.name=r,a.append(c("style",{},R),c("p",{className:"question"},t),c("p",{className:"hint"},c("strong",{},"Try: "),n)),a.addEventListener("keydown",l=>l.stopPropagation()),a.setAttribute("data-lm-suppress-shortcuts","true"),e.append(a);let p,i=()=>{if(Q(document)!==p){p=Q(document);for(let[l,m]of Object.entries(J(p)))a.style.setProperty(l,m);o(p)}},u=new MutationObserver(i);u.observe(document.documentElement,{attributes:!0,attributeFilter:["data-theme"]}),u.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light"]});let s=matchMedia("(prefers-color-scheme: dark)");return s.addEventListener("change",i),{root:a,start:i,end:()=>{u.disconnect(),s.removeEventListener("change",i),a.remove()}}}var H=(e,r=2)=>e.toFixed(r).replace(/^-(0(\.0*)?)$/,"$1").replace("-","−");function Y(e,r){let t=new Map(r.map((o,a)=>[o,a]));for(let o of r.slice(0,4))t.delete(o);let n=e.filter(o=>!t.has(o));return{ids:e.map(o=>t.get(o)??1),unknown:[...new Set(n)]}}var de=0,ne=2,Z=3,ee=600,P=2e3,me=12;function fe(e){let{kernel:r,bias:t}=e.read_out;return{tokens:e.tokens,embedding:y(e.embedding),cell:B(e.cell),readOut:{kernel:y(r),bias:y(t)}}}function te(e,r,t=G(e.cell)){for(let o of r)({states:t}=K(e.cell,e.embedding[o],t));let n=q(e.readOut,t[0]);return n[de]=n[ne]=-1/0,{states:t,logits:n}}function oe(e){let r=(t,n)=>+(e[n]>e[t])-+(e[n]<e[t]);return Array.from(e.keys()).sort(r)}function re(e,{temperature:r,topK:t,topP:n}){let o=oe(e);if(r===0)return e.map((l,m)=>m===o[0]?1:0);let a=Array.from(e,l=>l/r),p=a[o[Math.min(t,o.length)-1]],i=a.map(l=>l>=p?l:-1/0),u=F(i),s=0,f=1/0;for(let l of o)(s<n||n>=1)&&(f=Math.min(f,i[l])),s+=u[l];return i=i.map(l=>l>=f?l:-1/0),F(i)}function he(e,r){let t=0;for(let n=0;n<e.length;n++)if(t+=e[n],t>r)return n;return e.lastIndexOf(Math.max(...e))}function be(e){let r=e>>>0;return()=>{r=r+1831565813>>>0;let t=Math.imul(r^r>>>15,r|1);return t^=t+Math.imul(t^t>>>7,t|61),((t^t>>>14)>>>0)/2**32}}var ge={"\n":"↵"," ":"␣","</s>":"end"};function xe({model:e,el:r}){let t=fe(e.get("network")),n=t.tokens.length,o,a,p,i,u,s,f=c("p",{className:"note",role:"status"}),l=c("input",{type:"text",value:e.get("text"),autocomplete:"off"}),m=c("div",{className:"written",tabIndex:0,role:"region","aria-label":"What it writes"}),A=c("div",{className:"bars"}),$=c("button",{type:"button",click:()=>s?O():ae()},"Write"),M=c("button",{type:"button",click:()=>{O(),U()}},"One letter"),w=c("button",{type:"button",click:T},"Start again"),L={temperature:z("Temperature","temperature",0,2,.05),topK:z("Top-k","top_k",1,n,1),topP:z("Top-p","top_p",.05,1,.05)},{root:k,start:x,end:j}=X(r,{name:"sampler",question:"What do temperature, top-k and top-p do?",hint:"let it write at temperature 1, then at 0.3, then at 2 with top-k 5. Which of them repeats itself?"},()=>{});function z(d,h,C,b,v){let g=c("input",{type:"range",min:C,max:b,step:v});g.value=e.get(h)??b;let _=c("span",{},`${d} ${g.value}`);return g.addEventListener("input",()=>{_.textContent=`${d} ${g.value}`,e.set(h,Number(g.value)),e.save_changes(),D()}),{input:g,row:c("label",{},_,g)}}let W=()=>Object.fromEntries(Object.entries(L).map(([d,{input:h}])=>[d,Number(h.value)]));function T(){O();let d=Array.from(l.value.normalize("NFC")),h=d.slice(-P),{ids:C,unknown:b}=Y(h,t.tokens),v=[];h.length||v.push("It begins with nothing: type a few letters to go on from."),d.length>P&&v.push(`It reads the last ${P} of your ${d.length} letters.`),b.length&&v.push(`It has never seen ${b.slice(0,8).map(g=>`“${g}”`).join(" ")}, and reads the unknown letter instead.`),f.textContent=v.join(" "),o=h.join(""),a="",u=be(e.get("seed")??0),{states:p,logits:i}=te(t,[ne,...C]),e.set("text",l.value),e.save_changes(),D()}function U(){let d=he(re(i,W()),u());if(d===Z||a.length>=ee){O(),f.textContent=d===Z?"It says that the text ends here.":`It stops after ${ee} letters.`;return}a+=d<4?"�":t.tokens[d],{states:p,logits:i}=te(t,[d],p),D()}function ae(){$.textContent="Pause",s=setInterval(U,40)}function O(){clearInterval(s),s=void 0,$.textContent="Write"}function D(){m.replaceChildren(c("b",{},o.slice(-200)),a),m.scrollTop=m.scrollHeight;let d=F(i),h=re(i,W()),C=oe(i).slice(0,me);A.replaceChildren(c("p",{className:"counts"},`${h.filter(b=>b>0).length} of ${n} letters can come next`),...C.map(b=>{let v=t.tokens[b],g=c("i");g.style.width=`${100*h[b]}%`;let _=c("div",{className:h[b]>0?"bar":"bar out"},c("strong",{},ge[v]??(v||"pad")),c("span",{},`${H(100*h[b],1)} %`),g);return _.title=`${H(100*d[b],1)} % by the model itself`,_.dataset.value=h[b],_}))}return l.addEventListener("input",T),k.append(c("label",{},"Go on from",l),f,c("div",{className:"controls"},$,M,w),c("div",{className:"controls"},...Object.values(L).map(({row:d})=>d)),m,A),x(),T(),()=>{O(),j()}}var Fe={render:xe};export{he as choose,Fe as default,be as generator,fe as load,te as readOn,re as restricted};
