function ae(e){return Uint8Array.from(atob(e),r=>r.charCodeAt(0))}function N({shape:e,bits:r,data:t,scale:n}){let o=new DataView(ae(t).buffer),a=e.reduce((s,l)=>s*l,1),c=e.at(-1),i=new Float64Array(a);if(r===8){let s=N({shape:[c],bits:32,data:n});for(let l=0;l<a;l++)i[l]=o.getInt8(l)*s[l%c]}else for(let s=0;s<a;s++)i[s]=o.getFloat32(4*s,!0);return e.length===1?i:Array.from({length:a/c},(s,l)=>i.slice(l*c,(l+1)*c))}function A(e,r){let t=new Float64Array(r[0].length);for(let n=0;n<e.length;n++)if(e[n]!==0)for(let o=0;o<t.length;o++)t[o]+=e[n]*r[n][o];return t}function $(...e){return e[0].map((r,t)=>e.reduce((n,o)=>n+o[t],0))}function j(e){let r=Math.max(...e),t=Array.from(e,o=>Math.exp(o-r)),n=t.reduce((o,a)=>o+a,0);return t.map(o=>o/n)}function U({kernel:e,bias:r},t){return $(A(t,e),r)}var S=e=>1/(1+Math.exp(-e));function q(e){return{...e,kernel:N(e.kernel),recurrent_kernel:N(e.recurrent_kernel),bias:N(e.bias),units:e.recurrent_kernel.shape[0]}}function B({kind:e,units:r}){let t=()=>new Float64Array(r);return e==="lstm"?[t(),t()]:[t()]}function G(e,r,t){return{simple_rnn:ie,lstm:se,gru:le}[e.kind](e,r,t)}function ie({kernel:e,recurrent_kernel:r,bias:t},n,[o]){return{states:[$(A(n,e),A(o,r),t).map(Math.tanh)],gates:{}}}var I=(e,r,t)=>e.slice(r*t,(r+1)*t);function se({kernel:e,recurrent_kernel:r,bias:t,units:n},o,[a,c]){let i=$(A(o,e),A(a,r),t),s=I(i,0,n).map(S),l=I(i,1,n).map(S),m=I(i,2,n).map(Math.tanh),u=I(i,3,n).map(S),d=c.map((M,k)=>l[k]*M+s[k]*m[k]);return{states:[d.map((M,k)=>u[k]*Math.tanh(M)),d],gates:{input_gate:s,forget_gate:l,candidate:m,output_gate:u}}}function le(e,r,[t]){let{kernel:n,recurrent_kernel:o,bias:a,units:c}=e,i=e.reset_after,s=$(A(r,n),i?a[0]:a),l=A(t,o),m=i?$(l,a[1]):l,u=$(s,m),d=I(u,0,c).map(S),w=I(u,1,c).map(S),E=I(m,2,c).map((y,x)=>w[x]*y);i||(E=I(A(t.map((y,x)=>w[x]*y),o),2,c));let M=I(s,2,c).map((y,x)=>Math.tanh(y+E[x])),k=e.update_gate==="write";return{states:[t.map((y,x)=>{let L=k?1-d[x]:d[x];return L*y+(1-L)*M[x]})],gates:{update_gate:d,reset_gate:w,candidate:M}}}var R=`.explorable-frame {
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
`;var V={light:{paper:"#ffffff",ink:"#222222",muted:"#595959",ghost:"#a6a6a6",categories:["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],signed:["#0067a3","#d55e00"],share:["#6fc4a5","#00734f"]},dark:{paper:"#14181e",ink:"#e6e6e6",muted:"#a8adb3",ghost:"#6b7178",categories:["#56b4e9","#ff8a3d","#2fc79b","#e3a0c8","#a5d8f5","#f2bf45"],signed:["#3d9fd6","#f07a20"],share:["#1b7559","#3fd6a8"]}};function J(e){let{paper:r,ink:t,muted:n,ghost:o,share:[,a]}=V[e];return{"--paper":r,"--ink":t,"--muted":n,"--ghost":o,"--accent":a}}function p(e,r={},...t){let n=document.createElement(e);for(let[o,a]of Object.entries(r))typeof a=="function"?n.addEventListener(o,a):o in n&&o!=="list"?n[o]=a:n.setAttribute(o,a);return n.append(...t),n}function Q(e){let r=e.documentElement.dataset.theme;if(r==="light"||r==="dark")return r;let t=e.body.dataset.jpThemeLight;return t?t==="true"?"light":"dark":matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"}function ue(e){let r=e.target;if(r.type!=="range")return;let{min:t,max:n,step:o}=r,a=Number(o)||1,c={ArrowLeft:r.valueAsNumber-a,ArrowDown:r.valueAsNumber-a,ArrowRight:r.valueAsNumber+a,ArrowUp:r.valueAsNumber+a,Home:Number(t),End:Number(n)}[e.key];c!==void 0&&(e.preventDefault(),r.value=c,r.dispatchEvent(new Event("input",{bubbles:!0})))}function de(e){let r=[...e.target.closest("table")?.querySelectorAll("tr")??[]].map(s=>[...s.querySelectorAll("button")]).filter(s=>s.length),t=r.findIndex(s=>s.includes(e.target));if(t<0)return;let n=r[t].indexOf(e.target),o={ArrowLeft:[t,n-1],ArrowRight:[t,n+1],ArrowUp:[t-1,n],ArrowDown:[t+1,n],Home:[t,0],End:[t,r[t].length-1]},[a,c]=o[e.key]??[];if(a===void 0)return;e.preventDefault();let i=r[a]?.[c];if(i){for(let s of r.flat())s.tabIndex=-1;i.tabIndex=0,i.focus()}}function X(e,{name:r,question:t,hint:n},o){let a=p("section",{className:"explorable-frame","aria-label":t});a.dataset.name=r,a.append(p("style",{},R),p("p",{className:"question"},t),p("p",{className:"hint"},p("strong",{},"Try: "),n));let c=d=>{!a.contains(d.target)||d.ctrlKey||d.metaKey||d.altKey||(d.stopPropagation(),ue(d),de(d))};window.addEventListener("keydown",c,!0),a.setAttribute("data-lm-suppress-shortcuts","true"),e.append(a);let i,s=()=>{if(Q(document)!==i){i=Q(document);for(let[d,w]of Object.entries(J(i)))a.style.setProperty(d,w);o(i)}},l=new MutationObserver(s);l.observe(document.documentElement,{attributes:!0,attributeFilter:["data-theme"]}),l.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light"]});let m=matchMedia("(prefers-color-scheme: dark)");return m.addEventListener("change",s),{root:a,start:s,end:()=>{window.removeEventListener("keydown",c,!0),l.disconnect(),m.removeEventListener("change",s),a.remove()}}}var H=(e,r=2)=>e.toFixed(r).replace(/^-(0(\.0*)?)$/,"$1").replace("-","−");function Y(e,r){let t=new Map(r.map((o,a)=>[o,a]));for(let o of r.slice(0,4))t.delete(o);let n=e.filter(o=>!t.has(o));return{ids:e.map(o=>t.get(o)??1),unknown:[...new Set(n)]}}var me=0,re=2,fe=3,Z=600,K=2e3,be=12;function he(e){let{kernel:r,bias:t}=e.read_out;return{tokens:e.tokens,embedding:N(e.embedding),cell:q(e.cell),readOut:{kernel:N(r),bias:N(t)}}}function ee(e,r,t=B(e.cell)){for(let o of r)({states:t}=G(e.cell,e.embedding[o],t));let n=U(e.readOut,t[0]);for(let o of[me,re,fe])n[o]=-1/0;return{states:t,logits:n}}function ne(e){let r=(t,n)=>+(e[n]>e[t])-+(e[n]<e[t]);return Array.from(e.keys()).sort(r)}function te(e,{temperature:r,topK:t,topP:n}){let o=ne(e);if(r===0)return e.map((u,d)=>d===o[0]?1:0);let a=Array.from(e,u=>u/r),c=a[o[Math.min(t,o.length)-1]],i=a.map(u=>u>=c?u:-1/0),s=j(i),l=0,m=1/0;for(let u of o)(l<n||n>=1)&&(m=Math.min(m,i[u])),l+=s[u];return i=i.map(u=>u>=m?u:-1/0),j(i)}function ge(e,r){let t=0;for(let n=0;n<e.length;n++)if(t+=e[n],t>r)return n;return e.lastIndexOf(Math.max(...e))}function xe(e){let r=e>>>0;return()=>{r=r+1831565813>>>0;let t=Math.imul(r^r>>>15,r|1);return t^=t+Math.imul(t^t>>>7,t|61),((t^t>>>14)>>>0)/2**32}}var we={"\n":"↵"," ":"␣"};function ke({model:e,el:r}){let t=he(e.get("network")),n=t.tokens.length,o,a,c,i,s,l,m=p("p",{className:"note",role:"status"}),u=p("input",{type:"text",value:e.get("text"),autocomplete:"off"}),d=p("div",{className:"written",tabIndex:0,role:"region","aria-label":"What it writes"}),w=p("div",{className:"bars"}),E=p("button",{type:"button",click:()=>l?O():oe()},"Write"),M=p("button",{type:"button",click:()=>{O(),W()}},"One letter"),k=p("button",{type:"button",click:D},"Start again"),F={temperature:z("Temperature","temperature",0,2,.05),topK:z("Top-k","top_k",1,n,1),topP:z("Top-p","top_p",.05,1,.05)},{root:y,start:x,end:L}=X(r,{name:"sampler",question:"What do temperature, top-k and top-p do?",hint:"let it write at temperature 1, then at 0.3, then at 2 with top-k 5. Which of them repeats itself?"},()=>{});function z(f,b,C,h,v){let g=p("input",{type:"range",min:C,max:h,step:v});g.value=e.get(b)??h;let _=p("span",{},`${f} ${g.value}`);return g.addEventListener("input",()=>{_.textContent=`${f} ${g.value}`,e.set(b,Number(g.value)),e.save_changes(),T()}),{input:g,row:p("label",{},_,g)}}let P=()=>Object.fromEntries(Object.entries(F).map(([f,{input:b}])=>[f,Number(b.value)]));function D(){O();let f=Array.from(u.value.normalize("NFC")),b=f.slice(-K),{ids:C,unknown:h}=Y(b,t.tokens),v=[];b.length||v.push("It begins with nothing: type a few letters to go on from."),f.length>K&&v.push(`It reads the last ${K} of your ${f.length} letters.`),h.length&&v.push(`It has never seen ${h.slice(0,8).map(g=>`“${g}”`).join(" ")}, and reads the unknown letter instead.`),m.textContent=v.join(" "),o=b.join(""),a="",s=xe(e.get("seed")??0),{states:c,logits:i}=ee(t,[re,...C]),e.set("text",u.value),e.save_changes(),T()}function W(){let f=ge(te(i,P()),s());if(a.length>=Z){O(),m.textContent=`It stops after ${Z} letters.`;return}a+=f<4?"�":t.tokens[f],{states:c,logits:i}=ee(t,[f],c),T()}function oe(){E.textContent="Pause",l=setInterval(W,40)}function O(){clearInterval(l),l=void 0,E.textContent="Write"}function T(){d.replaceChildren(p("b",{},o.slice(-200)),a),d.scrollTop=d.scrollHeight;let f=j(i),b=te(i,P()),C=ne(i).slice(0,be);w.replaceChildren(p("p",{className:"counts"},`${b.filter(h=>h>0).length} of ${n} letters can come next`),...C.map(h=>{let v=t.tokens[h],g=p("i");g.style.width=`${100*b[h]}%`;let _=p("div",{className:b[h]>0?"bar":"bar out"},p("strong",{},we[v]??(v||"pad")),p("span",{},`${H(100*b[h],1)} %`),g);return _.title=`${H(100*f[h],1)} % by the model itself`,_.dataset.value=b[h],_}))}return u.addEventListener("input",D),y.append(p("label",{},"Go on from",u),m,p("div",{className:"controls"},E,M,k),p("div",{className:"controls"},...Object.values(F).map(({row:f})=>f)),d,w),x(),D(),()=>{O(),L()}}var ze={render:ke};export{ge as choose,ze as default,xe as generator,he as load,ee as readOn,te as restricted};
